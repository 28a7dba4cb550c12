// Kills the state-manager with SIGKILL under load and holds its table, history and events against the callers' ledger.
//   node bench/state/kill9.ts [--rounds 5] [--rate 2000] [--json]
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { StateChanged } from "@orrery/schema/state/v1";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    rate: { type: "string", default: "2000" },
    json: { type: "boolean", default: false },
  },
});
const OBJECTS = 50;
const rate = Number(values.rate);
const data = mkdtempSync(join(process.cwd(), ".bench-state-"));
const uniform = seededNumbers(9);

interface Asked {
  readonly id: number;
  readonly key: string;
  readonly object: string;
}
interface Answered {
  readonly id: number;
  readonly version?: number;
}
/** Writes without an answer yet, asked again of the next process with the same key. */
const open = new Map<number, Asked>();
/** Acknowledged: version by object and key. */
const ledger: { readonly object: string; readonly version: number }[] = [];
let number = 0;

async function begin(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "killed-service.ts"), [data], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  child.on("message", ({ id, version }: Answered) => {
    const asked = open.get(id);
    if (asked === undefined || version === undefined) return;
    open.delete(id);
    ledger.push({ object: asked.object, version });
  });
  for (const asked of open.values()) child.send(asked);
  return child;
}

try {
  let child = await begin();
  for (let round = 1; round <= Number(values.rounds); round++) {
    const lifeMs = 400 + uniform() * 1_200;
    const began = performance.now();
    for (let sent = 0; performance.now() - began < lifeMs; ) {
      for (const due = ((performance.now() - began) * rate) / 1_000; sent < due; sent++) {
        const asked = {
          id: ++number,
          key: `kill9-write-${number}`,
          object: `o${Math.floor(uniform() * OBJECTS)}`,
        };
        open.set(asked.id, asked);
        child.send(asked);
      }
      await wait(2);
    }
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    console.error(`round ${round}: killed after ${lifeMs.toFixed(0)} ms, ${open.size} without an answer`);
    child = await begin();
  }
  for (let waited = 0; open.size > 0 && waited < 300; waited++) {
    await wait(50);
    // What was refused while the process was coming up is asked once more.
    if (waited % 20 === 19) for (const asked of open.values()) child.send(asked);
  }
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  console.log(values.json ? JSON.stringify(await verdict()) : await verdict());
} finally {
  rmSync(data, { recursive: true, force: true });
}
// A drained bus leaves the timer of its deadline behind.
process.exit();

async function verdict() {
  const scene = await openScene("sqlite", data);
  const events = new Map<string, number>();
  let highest = 0;
  const seqs = new Set<number>();
  const subscription = scene.host.surroundings.bus.subscribe({
    id: "bench/kill9",
    types: ["state.*"],
    order: "key",
    from: "earliest",
    handle(event) {
      const { key, version, seq } = event.decode(StateChanged);
      events.set(`${key} ${version}`, (events.get(`${key} ${version}`) ?? 0) + 1);
      highest = Math.max(highest, seq);
      seqs.add(seq);
    },
  });
  const { objects, seq } = await scene.state.list({
    worldId: "w",
    collection: "world",
    pageSize: 500,
    asJson: true,
  });
  for (let waited = 0; seqs.size < seq && waited < 200; waited++) await wait(50);
  // A watch from the beginning sees each change once.
  let gaps = 0;
  let watched = 0;
  const stop = new AbortController();
  for await (const { changes } of scene.state.watch(
    { worldId: "w", collection: "world", fromSeq: 0 },
    { signal: stop.signal },
  )) {
    for (const change of changes) {
      watched += 1;
      if (change.seq !== watched) gaps += 1;
    }
    if (watched >= seq) break;
  }
  stop.abort();
  const present = new Map(objects.map(({ id, version }) => [id?.key, version]));
  const versions = new Set(ledger.map(({ object, version }) => `${object} ${version}`));
  const lost = ledger.filter(({ object, version }) => (present.get(object) ?? 0) < version).length;
  // An increment a request: the counters add up to the requests that were acknowledged.
  const counted = objects.reduce((sum, { json }) => sum + (JSON.parse(json) as { n: number }).n, 0);
  const doubles = ledger.length - versions.size + Math.max(0, counted - ledger.length);
  const untold = [...versions].filter((name) => !events.has(name)).length;
  const report = {
    rounds: Number(values.rounds),
    asked: number,
    acknowledged: ledger.length,
    unanswered: open.size,
    counted,
    lost,
    doubles,
    untold,
    eventSeqGaps: highest - seqs.size,
    watched,
    watchGaps: gaps,
  };
  await subscription.drain();
  await scene.close();
  const faults =
    lost + doubles + untold + report.eventSeqGaps + gaps + open.size + Math.abs(counted - ledger.length);
  process.exitCode = faults === 0 ? 0 : 1;
  return report;
}
