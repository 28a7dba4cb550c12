// Each event is taken once or is one open dead letter, never neither or both (README.md here):
//   node bench/giving-up/main.ts --on embedded|nats|aws [--events 1500] [--kills 3] [--seed 1] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createBus, type DeadLetter } from "@orrery/bus";
import { paced } from "@orrery/bus-conformance";
import { fingerprint } from "@orrery/schema/registry";
import { HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createFrameWriter } from "@orrery/wire";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { createCrew } from "./crew.ts";
import { moodOf, SUBSCRIPTION } from "./moods.ts";
import { createOracle, type Judgement } from "./oracle.ts";
import { type At, openAt, openStage } from "./stage.ts";

const NOT_RUN = 3;
const { values } = parseArgs({
  options: {
    on: { type: "string", default: "embedded" },
    events: { type: "string", default: "1500" },
    kills: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const [events, kills, seed] = [Number(values.events), Number(values.kills), Number(values.seed)];
const WORLDS = ["vale", "fen", "moor"] as const;
const KEYS = 5;
const LONGEST_FRAME = 40;
/** Nothing has moved for so long on a quiet machine: what is not there by now is lost. */
const QUIET_MS = 12_000;
const LOOK_MS = 200;
/** What attaching a reader may take after its queue is there. */
const KNOWN_MS = 1_500;
/** Letters that are still there after so many redrives stay. */
const MOST_REDRIVES = 10;

const stage = await openStage(values.on as At["kind"]);
if (typeof stage === "string") {
  console.error(stage);
  process.exit(NOT_RUN);
}
const generator = xoroshiro128plus(seed);
const random = () => (generator.next() >>> 0) / 2 ** 32;
const below = (n: number) => Math.floor(random() * n);
const folder = mkdtempSync(join(tmpdir(), "orrery-giving-up-"));
const crew = createCrew({ at: stage.at, database: join(folder, "store.db"), seed });
const transport = await openAt(stage.at);
const bus = createBus({ transport });
const oracle = createOracle();
const named = new Map<string, string>();
let strangers = 0;

const nameOf = ({ publisher, sequence }: Pick<DeadLetter, "publisher" | "sequence">) =>
  named.get(`${publisher}/${sequence}`) ?? `${publisher}/${sequence}`;
const lettersOf = async () => {
  const all = await Array.fromAsync(bus.deadLetters(SUBSCRIPTION));
  return {
    ours: all.filter(({ contentType }) => contentType !== "frame"),
    strange: all.filter(({ contentType }) => contentType === "frame").length,
  };
};

try {
  await bus.subscribe({
    id: "judge/taken",
    types: [HourChanged.typeName],
    order: "none",
    handle: (event) =>
      oracle.said(event.world, event.decode(HourChanged).atGs, `${event.publisher}/${event.sequence}`),
  }).ready;
  await crew.start();
  // A broker that keeps nothing for who comes later must know the reader before the first word.
  const isKnown = async () => (await transport.subscriptions()).some(({ id }) => id === SUBSCRIPTION);
  while (!(await isKnown())) await setTimeout(LOOK_MS);
  await setTimeout(KNOWN_MS);
  const publishing = publish();
  let published = false;
  void publishing.then(() => (published = true));
  const redriving = redriveMeanwhile(() => published);
  await killMeanwhile();
  await publishing;
  await redriving;
  await settled();
  const before = oracle.judge((await lettersOf()).ours, nameOf);
  crew.mend();
  for (let round = 0; round < MOST_REDRIVES && (await lettersOf()).ours.length > 0; round++) {
    await bus.redrive(SUBSCRIPTION, {
      dryRun: false,
      ratePerS: 10_000,
      filter: ({ contentType }) => contentType !== "frame",
    });
    await settled();
  }
  const { ours, strange } = await lettersOf();
  const after = oracle.judge(ours, nameOf);
  const moods = Map.groupBy(named.values(), (name) => {
    const [world = "", n = ""] = name.split("/");
    return moodOf(seed, world, Number(n));
  });
  const result = {
    on: values.on,
    events: oracle.events,
    kills,
    deaths: crew.deaths,
    moods: Object.fromEntries([...moods].map(([mood, own]) => [mood, own.length])),
    before,
    after,
    strangers,
    strangeLetters: strange,
  };
  console.log(values.json ? JSON.stringify(result) : result);
  const wrong = ({ neither, both, twice }: Judgement) => neither + both + twice;
  const isRight =
    wrong(before) + wrong(after) + after.letters === 0 && crew.deaths === 0 && strange === strangers;
  process.exitCode = isRight ? 0 : 1;
} finally {
  await crew.kill();
  await bus.close();
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
}
// A broker's client may hold the process a little longer.
process.exit();

/** Frames of every shape, sizes around each limit among them, over as long as the kills take. */
async function publish(): Promise<void> {
  const { maxEventBytes, maxFrameBytes } = transport.features;
  const sizes = [65_536 - 100, 65_536, 65_536 + 100, maxEventBytes - 1_000, maxEventBytes - 300];
  const sequences = new Map<string, number>(WORLDS.map((world) => [world, 1]));
  for (const world of WORLDS) {
    const writer = writerOf(world, 1, 4_096);
    writer.append(WorldCreated, { worldId: world, seed: "s" }, { timeMs: 1 });
    await bus.send(writer.finish());
  }
  for (let n = 1; n <= events; ) {
    const world = WORLDS[below(WORLDS.length)] as string;
    const first = (sequences.get(world) ?? 0) + 1;
    const size = sizes.length > 0 && below(20) === 0 ? sizes.pop() : undefined;
    const count = size === undefined ? Math.min(1 + below(LONGEST_FRAME), events - n + 1) : 1;
    const writer = writerOf(world, first, size === undefined ? 65_536 : maxFrameBytes);
    for (let i = 0; i < count; i++, n++) {
      const head = `${n}:`;
      const timerId = size === undefined ? head : head + "x".repeat(size - head.length - 8);
      // An empty key is the world's own; a long one would only repeat the text.
      writer.append(TimerCancelled, { atGs: n, timerId }, { key: `k${below(KEYS)}`, timeMs: Date.now() });
      oracle.published(world, n);
      named.set(`p-${world}.s/${first + i}`, `${world}/${n}`);
    }
    sequences.set(world, first + count - 1);
    await bus.send(writer.finish());
    if (below(10) === 0) await setTimeout(below(40));
  }
  if (stage === undefined || typeof stage === "string" || stage.stranger === undefined) return;
  for (const size of [
    1,
    1_000,
    stage.strangerBytes - 16_384,
    stage.strangerBytes - 200,
    stage.strangerBytes,
  ]) {
    await stage.stranger("vale", Buffer.alloc(size, "x"));
    strangers += 1;
  }
}

function writerOf(world: string, firstSequence: number, maxBytes: number) {
  const head = { publisher: `p-${world}.s`, source: "judge", world, lane: "standard", fingerprint } as const;
  return createFrameWriter({ ...head, firstSequence }, { maxBytes });
}

async function killMeanwhile(): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await setTimeout(300 + below(1_500));
    await crew.kill();
    await crew.start();
  }
}

async function redriveMeanwhile(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await setTimeout(300 + below(600));
    // What it cannot send now is open as before.
    await bus
      .redrive(SUBSCRIPTION, {
        dryRun: false,
        ratePerS: 10_000,
        max: 30,
        filter: ({ contentType }) => contentType !== "frame",
      })
      .catch(() => undefined);
  }
}

/** Until every event is taken or a letter, or nothing has moved for long. */
async function settled(): Promise<void> {
  let [seen, movedMs] = ["", performance.now()];
  for (;;) {
    const { frames, requeued } = await bus.transport.lag(SUBSCRIPTION);
    const { ours, strange } = await lettersOf();
    const now = `${oracle.taken} ${ours.length} ${frames} ${requeued}`;
    if (now !== seen) [seen, movedMs] = [now, performance.now()];
    const stillMs = performance.now() - movedMs;
    const isAllThere =
      frames + requeued === 0 && oracle.taken + ours.length >= oracle.events && strange >= strangers;
    // What would be too much may come late as well.
    if ((isAllThere && stillMs > 1_500) || stillMs > paced(QUIET_MS)) return;
    await setTimeout(LOOK_MS);
  }
}
