import { createMemoryTransport, virtualClock } from "@orrery/bus";
import { expect, test } from "vitest";
import type { MakeTransport } from "./broker.ts";
import { createScene } from "./scene.ts";

test("what still waits at the broker is late, not lost; what nobody has any more is lost", async () => {
  const clock = virtualClock({ auto: true });
  const transport = createMemoryTransport({ clock });
  const make: MakeTransport = Object.assign(
    async () => ({ connect: async () => transport, destroy: async () => transport.close() }),
    { clock },
  );
  const { scene, end } = await createScene(make, 1, 1);
  const bus = await scene.bus();
  const reading = scene.read(bus, "slow", { id: "late/reader", order: "none", prefetch: 1 });
  await reading.ready;
  reading.pause();
  await scene.write(bus, { writer: 1, count: 10 });
  await expect(scene.untilHandled(["late/reader"], 10, 500)).rejects.toThrow(
    /handled 0 of 10, then nothing for \d+ ms; 10 are late: \d+ frames and 0 retries still wait/,
  );
  reading.resume();
  await scene.untilHandled(["late/reader"], 10, 500);
  await expect(scene.untilHandled(["late/reader"], 11, 500)).rejects.toThrow(/; 0 lost/);
  await end();
});
