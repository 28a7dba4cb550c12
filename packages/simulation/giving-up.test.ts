import { createMemoryTransport, RejectEvent, type Transport, virtualClock } from "@orrery/bus";
import { fingerprint } from "@orrery/schema/registry";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, defineService, type Host, startHost } from "@orrery/service";
import { createFrameWriter, OrreryError } from "@orrery/wire";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { simulationErrors } from "./errors.ts";

const SUBSCRIPTION = "counter/aggregate-0";
/** What the handler does with an hour, by its number, at each of its runs; absent: takes it. */
type Mood = (hour: number, run: number) => void;

let mood: Mood;
let runs: Map<number, number>;

/** Writes down the hours it took: in its state, and as one event each. */
const counter = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(HourChanged, ({ root: state }, { atGs }, ctx) => {
      const run = (runs.get(atGs) ?? 0) + 1;
      runs.set(atGs, run);
      state.sinceMs += 1;
      ctx.emit(TimerCancelled, { atGs, timerId: String(atGs) });
      mood(atGs, run);
      state.note += `${atGs} `;
    }),
  ],
}));
const service = defineService({ id: "counter", summary: "Counts hours", parts: [counter] });

const refuse = (code: { code: string }) => {
  throw new OrreryError(code as never, { given: "by its mood" });
};
const retryable = () => refuse(simulationErrors.WORLD_UNKNOWN);
const final = () => refuse(simulationErrors.WORLD_STATE_BROKEN);
const dies = () => {
  throw new Error("a bug");
};
const rejects = () => {
  throw new RejectEvent("never");
};

let folder: string;
let clock: ReturnType<typeof virtualClock>;
let transport: Transport;
let host: Host;

async function start(): Promise<void> {
  host = await startHost({
    services: [service],
    transport,
    outsideTypes: [WorldArchived.typeName, WorldCreated.typeName, HourChanged.typeName],
    storeUrl: (id) => join(folder, `${id}.db`),
    env: {},
    clock,
    log: createLogger("silent"),
  });
}

function frameOf(world: string, firstSequence: number) {
  const head = { source: "test", world, publisher: `p-${world}`, lane: "standard", fingerprint } as const;
  return createFrameWriter({ ...head, firstSequence });
}

async function publish(world: string, first: number, hours: readonly number[], created = false) {
  const writer = frameOf(world, first);
  if (created) writer.append(WorldCreated, { worldId: world, seed: "s" }, { timeMs: 1 });
  for (const atGs of hours) writer.append(HourChanged, { atGs }, { key: world, timeMs: atGs });
  await host.surroundings.bus.send(writer.finish());
}

const taken = (world = "w") =>
  (counterPart().state(world).root as HoldState).note.trim().split(" ").filter(Boolean).map(Number);
const counterPart = () => host.running()[0]!.kit.part(counter);
const letters = async () =>
  (await Array.fromAsync(host.surroundings.bus.deadLetters(SUBSCRIPTION))).map(({ sequence }) => sequence);

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; !(await holds()); i++) {
    if (i > 4_000) throw new Error("never came true");
    await clock.sleep(100);
  }
}
const quiet = () =>
  until(async () =>
    (await host.surroundings.bus.lag()).every(({ frames, requeued }) => frames + requeued === 0),
  );
const redrive = () => host.surroundings.bus.redrive(SUBSCRIPTION, { dryRun: false, ratePerS: 10_000 });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-giving-up-"));
  clock = virtualClock({ auto: true });
  // It outlives the hosts of a test, as a broker does.
  transport = { ...createMemoryTransport({ clock, leaseSeconds: 5 }), close: async () => {} };
  mood = () => {};
  runs = new Map();
  await start();
  await publish("w", 1, [], true);
});
afterEach(async () => {
  await host.stop();
  clock.stop();
  rmSync(folder, { recursive: true });
});

it("an hour refused once and another that dies once, in one frame: all are taken, in order", async () => {
  mood = (hour, run) => {
    if (hour === 1 && run === 1) retryable();
    if (hour === 3 && run === 1) dies();
  };
  await publish("w", 2, [1, 2, 3, 4]);
  await quiet();
  expect(taken()).toEqual([1, 2, 3, 4]);
  expect(await letters()).toEqual([]);
});

it.each([
  ["dies", dies],
  ["rejects", rejects],
  ["refuses for good", final],
  ["refuses until the plan is over", retryable],
])(
  "a handler that %s for six events of one frame: six letters, and each takes effect once redriven",
  async (_, fails) => {
    let broken = true;
    mood = (hour) => {
      if (broken && hour > 10) fails();
    };
    await publish("w", 2, [1, 11, 12, 2, 13, 14, 15, 3, 16]);
    await quiet();
    expect([...(await letters())].sort((a, b) => a - b)).toEqual([3, 4, 6, 7, 8, 10]);
    expect(taken()).toEqual([1, 2, 3]);
    await publish("w", 11, [4]);
    await quiet();
    broken = false;
    expect(await redrive()).toMatchObject({ sent: 6, refused: 0 });
    await quiet();
    expect(taken()).toEqual([1, 2, 3, 4, 11, 12, 13, 14, 15, 16]);
    expect(await letters()).toEqual([]);
  },
);

it("what waits for a failed event of its key is taken after it, though events of other keys went ahead", async () => {
  mood = (hour, run) => (hour === 1 && run === 1 ? retryable() : undefined);
  const writer = frameOf("w", 2);
  for (const [atGs, key] of [
    [1, "a"],
    [2, "a"],
    [3, "b"],
    [4, "a"],
  ] as const)
    writer.append(HourChanged, { atGs }, { key, timeMs: atGs });
  await host.surroundings.bus.send(writer.finish());
  await quiet();
  expect(taken()).toEqual([3, 1, 2, 4]);
});

it("a letter outlives a restart: later events do not cover it, and its redrive is taken once", async () => {
  mood = (hour) => (hour === 12 ? final() : undefined);
  await publish("w", 2, [12]);
  await quiet();
  await host.stop();
  await start();
  await publish("w", 3, [13]);
  await quiet();
  mood = () => {};
  expect(await redrive()).toMatchObject({ sent: 1 });
  await quiet();
  expect(taken()).toEqual([13, 12]);
  await host.stop();
  await start();
  expect(taken()).toEqual([13, 12]);
  await publish("w", 2, [12]);
  await quiet();
  expect(taken()).toEqual([13, 12]);
});

it("an event that was given up before a crash and comes again is not taken beside its letter", async () => {
  mood = (hour) => (hour === 12 ? final() : undefined);
  await publish("w", 2, [12]);
  await quiet();
  await host.stop();
  mood = () => {};
  await start();
  await publish("w", 2, [12]);
  await publish("w", 3, [13]);
  await quiet();
  expect(taken()).toEqual([13]);
  expect(await letters()).toEqual([2]);
});

it("a redrive that fails again is one letter, a generation up", async () => {
  mood = (hour) => (hour === 12 ? final() : undefined);
  await publish("w", 2, [12, 13]);
  await quiet();
  await redrive();
  await quiet();
  const open = await Array.fromAsync(host.surroundings.bus.deadLetters(SUBSCRIPTION));
  expect(open.map(({ sequence, generation }) => [sequence, generation])).toEqual([[2, 1]]);
  mood = () => {};
  await redrive();
  await quiet();
  expect(taken()).toEqual([13, 12]);
});

it("an event of a world that is not known yet waits for it, and is no dead letter", async () => {
  await publish("v", 5, [7]);
  await quiet();
  expect(await letters()).toEqual([]);
  await publish("v", 6, [], true);
  await publish("v", 7, [8]);
  await quiet();
  expect(taken("v")).toEqual([7, 8]);
});

it("an event that fails a whole round is parked: what follows and other worlds go on, and health says which", async () => {
  mood = (hour, run) => (hour === 1 && run < 5 ? dies() : undefined);
  await publish("v", 1, [], true);
  await publish("w", 2, [1]);
  await publish("w", 3, [2]);
  await publish("v", 2, [3]);
  await until(() => taken().length === 1 && taken("v").length === 1);
  expect(taken()).toEqual([2]);
  const [trouble] = host.surroundings.bus.troubles("counter");
  expect(trouble?.what).toMatch(/HourChanged p-w\/2 of world w fails: UNCODED, a bug/);
  await quiet();
  expect(taken()).toEqual([2, 1]);
  expect(host.surroundings.bus.troubles()).toEqual([]);
});

it("a delivery from before two redrives, passed over, does not stand in the way of the third", async () => {
  mood = (hour) => (hour === 12 ? final() : undefined);
  await publish("w", 2, [12]);
  await quiet();
  await redrive();
  await quiet();
  // The first delivery once more, as after a crash before it was settled.
  await publish("w", 2, [12]);
  await quiet();
  expect(await letters()).toEqual([2]);
  mood = () => {};
  expect(await redrive()).toMatchObject({ sent: 1 });
  await quiet();
  expect(taken()).toEqual([12]);
  expect(await letters()).toEqual([]);
});
