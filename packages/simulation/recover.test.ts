import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import { fingerprint } from "@orrery/schema/registry";
import { HoldState, HoldStateSchema, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, defineService, type Host, startHost } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineAggregate } from "./define.ts";

/** Says something each hour, and keeps under which number it said it. */
const numbers = defineAggregate({ state: HoldState, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => create(HoldStateSchema),
  on: [
    on(HourChanged, (state, { atGs }, ctx) => {
      const { publisher, sequence } = ctx.emit(TimerCancelled, { timerId: `${atGs}`, atGs });
      state.note += `${publisher.split("/").at(-1)?.slice(0, 1)}${sequence} `;
    }),
  ],
}));
const clerk = defineService({ id: "number-clerk", summary: "Keeps numbers.", aggregate: numbers });

let data: string;
let clock: VirtualClock;
let host: Host;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "orrery-recover-"));
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(data, { recursive: true });
});

async function start(): Promise<void> {
  clock = virtualClock();
  host = await startHost({
    services: [clerk],
    transport: createMemoryTransport({ clock }),
    outsideTypes: [WorldCreated, WorldArchived, HourChanged].map(({ typeName }) => typeName),
    storeUrl: () => join(data, "store.db"),
    env: {},
    log: createLogger("silent"),
    clock,
  });
}

async function stop(): Promise<void> {
  let stopped = false;
  const stopping = host.stop().then(() => (stopped = true));
  while (!stopped) await pass(100);
  await stopping;
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    await clock.advance(Math.min(left, 100));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function begin(): Promise<void> {
  const operator = host.surroundings.bus.publisher({ source: "operator", world: "vale", fingerprint });
  void operator.publish(WorldCreated, { worldId: "vale", seed: "s" });
  await pass(500);
}

async function hour(atGs: number): Promise<void> {
  const time = host.surroundings.bus.publisher({ source: "time-manager", world: "vale", fingerprint });
  void time.publish(HourChanged, { atGs });
  await pass(500);
}

const kit = () => host.running()[0]?.kit;
const noted = () => kit()?.part(numbers).state("vale").note;

describe("numbers of events that a state keeps", () => {
  it("are the same after each start, however many inputs stand behind the snapshot", async () => {
    await begin();
    for (const atGs of [1, 2, 3]) await hour(atGs);
    expect(noted()).toBe("s1 s2 s3 ");
    for (let round = 0; round < 3; round++) {
      await stop();
      await start();
      await pass(500);
      expect(noted()).toBe("s1 s2 s3 ");
    }
    await hour(4);
    expect(noted()).toBe("s1 s2 s3 s4 ");
  });
});
