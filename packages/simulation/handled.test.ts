import { createMemoryTransport, frameHead } from "@orrery/bus";
import { fingerprint } from "@orrery/schema/registry";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, defineService, type Host, startHost } from "@orrery/service";
import { afterEach, expect, it, vi } from "vitest";
import { defineAggregate } from "./define.ts";

const teller = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [on(HourChanged, (_state, { atGs }, ctx) => void ctx.emit(TimerCancelled, { timerId: "t", atGs }))],
}));

let host: Host;
afterEach(() => host.stop());

it("an event counts as handled when what it caused is on the bus, not before", async () => {
  const memory = createMemoryTransport();
  const free = Promise.withResolvers<void>();
  let isHeld = false;
  const transport = {
    ...memory,
    async publish(frames: readonly Uint8Array[]) {
      if (
        frames.some(
          (frame) => frameHead(frame).source === "teller-of-hours" && frameHead(frame).lane === "standard",
        )
      ) {
        isHeld = true;
        await free.promise;
      }
      return memory.publish(frames);
    },
  };
  host = await startHost({
    services: [defineService({ id: "teller-of-hours", summary: "Is tested.", aggregate: teller })],
    transport,
    outsideTypes: [WorldCreated, WorldArchived, HourChanged, TimerCancelled].map(({ typeName }) => typeName),
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
  });
  const { bus } = host.surroundings;
  const said = bus.publisher({ source: "operator", world: "vale", fingerprint });
  await said.publish(WorldCreated, { worldId: "vale", seed: "s" });
  await said.flush();
  await vi.waitUntil(async () => (await bus.waiting("vale")).length === 0, { timeout: 5_000 });
  await said.publish(HourChanged, { atGs: 3_600 });
  await said.flush();
  await vi.waitUntil(() => isHeld, { timeout: 5_000 });
  // Committed long since, and not told yet: nobody could say that nothing follows.
  for (let look = 0; look < 20; look++) {
    expect((await bus.waiting("vale")).map(({ subscription }) => subscription)).toEqual([
      "teller-of-hours/aggregate-0",
    ]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  free.resolve();
  await vi.waitUntil(async () => (await bus.waiting("vale")).length === 0, { timeout: 5_000 });
});
