import { createMemoryTransport } from "@orrery/bus";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, defineService, startHost } from "@orrery/service";
import { createFrameWriter } from "@orrery/wire";
import { expect, it, vi } from "vitest";
import { defineAggregate } from "./define.ts";

const EVENTS = 100;
const EACH_MS = 3;
/** Turns of the loop that others had when the first and the last event of the frame were handled. */
const turns: number[] = [];
let turn = 0;

const worker = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(HourChanged, ({ root }, { atGs }) => {
      turns.push(turn);
      root.sinceMs = atGs;
      for (const until = performance.now() + EACH_MS; performance.now() < until; );
    }),
  ],
}));

it("lets others have the thread within a frame of many events", async () => {
  const host = await startHost({
    services: [defineService({ id: "worker", summary: "Works.", aggregate: worker })],
    transport: createMemoryTransport(),
    outsideTypes: [...codecs.keys()],
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
  });
  const head = { publisher: "operator/vale", source: "operator", world: "vale", lane: "standard" } as const;
  const writer = createFrameWriter({ ...head, fingerprint, firstSequence: 1 });
  writer.append(WorldCreated, { worldId: "vale", seed: "s" }, { timeMs: 1 });
  for (let atGs = 1; atGs <= EVENTS; atGs++) writer.append(HourChanged, { atGs }, { timeMs: 1 });
  const counting = setInterval(() => (turn += 1), 1);
  await host.surroundings.bus.send(writer.finish());
  const worlds = host.running()[0]!.kit.part(worker);
  await vi.waitUntil(() => worlds.has("vale") && worlds.state("vale").root.sinceMs === EVENTS, {
    timeout: 20_000,
  });
  clearInterval(counting);
  await host.stop();
  expect(turns).toHaveLength(EVENTS);
  expect((turns.at(-1) as number) - (turns[0] as number)).toBeGreaterThan(EVENTS / 20);
});
