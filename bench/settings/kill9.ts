// Kills settings with SIGKILL while it writes and holds values, history and events against the callers' ledger.
//   node bench/settings/kill9.ts [--rounds 5] [--writes 1000] [--json]
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { SettingChanged } from "@orrery/schema/settings/v1";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    writes: { type: "string", default: "1000" },
    json: { type: "boolean", default: false },
  },
});
const PLAYERS = 20;
const TRIES = 400;
/** So many are sent at once, that some of them are answered, some written and some on their way when the kill comes. */
const PACE = 10;
const PAUSE_MS = 8;
const perRound = Number(values.writes);
const data = mkdtempSync(join(process.cwd(), ".bench-settings-"));
const uniform = seededNumbers(4);

interface Asked {
  readonly id: number;
  readonly key: string;
  readonly player: string;
  readonly value: number;
}
/** Writes without an answer yet, asked again of the next process with the same key. */
const open = new Map<number, Asked>();
/** Acknowledged: revision by player. */
const ledger: { readonly player: string; readonly revision: number }[] = [];
let number = 0;
/** How many were acknowledged at each kill. */
const answeredBefore: number[] = [];

async function begin(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "killed-service.ts"), [data], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  child.on("message", ({ id, revision }: { id: number; revision?: number }) => {
    const asked = open.get(id);
    if (asked === undefined || revision === undefined) return;
    open.delete(id);
    ledger.push({ player: asked.player, revision });
  });
  for (const asked of open.values()) child.send(asked);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

try {
  let child = await begin();
  for (let round = 1; round <= Number(values.rounds); round++) {
    const until = Math.floor(perRound * (0.2 + 0.8 * uniform()));
    for (let sent = 0; sent < perRound; sent++) {
      number += 1;
      // Each value is another than the one before, so that each write is a change.
      const player = `player:${number % PLAYERS}`;
      const value = Math.floor(number / PLAYERS) % 100;
      const asked = { id: number, key: `kill9-write-${number}`, player, value };
      open.set(asked.id, asked);
      child.send(asked);
      if (sent % PACE === PACE - 1) await wait(PAUSE_MS);
      if (sent === until) {
        answeredBefore.push(ledger.length);
        await end(child);
        console.error(`round ${round}: killed after ${sent + 1} writes, ${open.size} without an answer`);
        child = await begin();
      }
    }
  }
  for (let waited = 0; open.size > 0 && waited < TRIES; waited++) {
    await wait(50);
    if (waited % 20 === 19) for (const asked of open.values()) child.send(asked);
  }
  await end(child);
  const report = await verdict();
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  rmSync(data, { recursive: true, force: true });
}
// A drained bus leaves the timer of its deadline behind.
process.exit();

async function verdict() {
  const scene = await openScene(data);
  const told = new Map<string, number>();
  const subscription = scene.host.surroundings.bus.subscribe({
    id: "bench/kill9",
    types: [SettingChanged.typeName],
    order: "key",
    from: "earliest",
    handle(event) {
      const { scopeId, revision } = event.decode(SettingChanged);
      const name = `${scopeId} ${revision}`;
      told.set(name, (told.get(name) ?? 0) + 1);
    },
  });
  let lost = 0;
  let gaps = 0;
  let changes = 0;
  for (let at = 0; at < PLAYERS; at++) {
    const playerId = `player:${at}`;
    const { values: found } = await scene.settings.resolve({ playerId, keys: ["audio.music_volume"] });
    const revision = found[0]?.revision ?? 0;
    changes += revision;
    lost += ledger.filter((one) => one.player === playerId && one.revision > revision).length;
    const history: number[] = [];
    for (let pageToken = "", more = true; more; ) {
      const page = await scene.settings.history({ playerId, pageSize: 500, pageToken });
      history.push(...page.changes.map((change) => change.revision));
      pageToken = page.nextPageToken;
      more = pageToken !== "";
    }
    gaps +=
      history.reverse().filter((own, nth) => own !== nth + 1).length + Math.abs(history.length - revision);
  }
  for (let waited = 0; told.size < changes && waited < TRIES; waited++) await wait(50);
  const twice = [...told.values()].filter((times) => times > 1).length;
  const report = {
    rounds: Number(values.rounds),
    asked: number,
    acknowledged: ledger.length,
    acknowledgedAtKills: answeredBefore,
    unanswered: open.size,
    changes,
    lost,
    gaps,
    untold: changes - told.size,
    toldTwice: twice,
    doubled: Math.max(0, changes - number),
  };
  await subscription.drain();
  await scene.close();
  const faults = lost + gaps + report.untold + twice + report.doubled + open.size;
  process.exitCode = faults === 0 ? 0 : 1;
  return report;
}
