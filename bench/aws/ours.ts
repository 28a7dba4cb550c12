import { createBus } from "@orrery/bus";
import { GroundConditionsChanged } from "@orrery/schema/weather/v1";
import { FINGERPRINT } from "../bus/events.ts";
import { awsStage } from "./emulator.ts";
import { events100 } from "./events.ts";
import { measured, type Way } from "./measured.ts";

const SUBSCRIPTION = "bench/reader";

/** Our bus, straight to one queue, every event decoded by its handler. */
export async function ours(events: number): Promise<Way> {
  const stage = await awsStage({
    direct: [{ service: "bench", lane: "bulk", subscription: SUBSCRIPTION }],
  });
  const bus = createBus({ transport: stage.transport });
  const inits = events100();
  const all = Promise.withResolvers<void>();
  let handled = 0;
  let wet = 0;
  await bus.subscribe({
    id: SUBSCRIPTION,
    types: ["weather.*"],
    order: "none",
    prefetch: 256,
    handle(event) {
      wet += event.decode(GroundConditionsChanged).wetness;
      if (++handled === events) all.resolve();
    },
  }).ready;
  const publisher = bus.publisher({ source: "bench", world: "bench", fingerprint: FINGERPRINT });
  const calls = () =>
    [...stage.transport.counted.byApi.values()].reduce((sum, count) => sum + count.calls, 0);
  const way = await measured(events, calls, async () => {
    for (let n = 0; n < events; n++) {
      const full = publisher.publish(GroundConditionsChanged, inits[n % inits.length] as (typeof inits)[0]);
      if (full !== undefined) await full;
    }
    await publisher.flush();
    await all.promise;
  });
  await bus.drain();
  await stage.close();
  if (!(wet > 0)) throw new Error("nothing was decoded");
  return way;
}
