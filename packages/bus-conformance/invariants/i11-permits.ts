import { createBus, type SubscriptionSpec, type Transport } from "@orrery/bus";
import { SAMPLE } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const PREFETCH = 4;
const ID = "conformance/permits";
const CONCURRENCIES = [1, 8, 64];

const spec = (id: string): SubscriptionSpec => ({
  id,
  types: [SAMPLE.typeName],
  order: "none",
  from: "earliest",
});

/** Counts what is leased and not settled. */
function counting(
  inner: Transport,
  seen: { frames: number; bytes: number; mostFrames: number; mostBytes: number },
): Transport {
  return {
    ...inner,
    async open(spec) {
      const consumer = await inner.open(spec);
      return {
        get standby() {
          return consumer.standby;
        },
        close: () => consumer.close(),
        async pull(maxFrames, maxBytes, signal) {
          const deliveries = await consumer.pull(maxFrames, maxBytes, signal);
          for (const delivery of deliveries) {
            seen.frames++;
            seen.bytes += delivery.frame.length;
          }
          seen.mostFrames = Math.max(seen.mostFrames, seen.frames);
          seen.mostBytes = Math.max(seen.mostBytes, seen.bytes);
          return deliveries.map((delivery) => ({
            ...delivery,
            settle() {
              seen.frames--;
              seen.bytes -= delivery.frame.length;
              return delivery.settle();
            },
          }));
        },
      };
    },
  };
}

export const permits: Invariant = {
  id: "I11",
  title: "handlers at a time, leased frames and bytes stay within what was configured",
  async run(scene) {
    const count = scene.load(5_000);
    const limit = scene.features.maxFrameBytes;
    const figures: Record<string, number> = {};
    // Made before anything is published: a transport without replay has no beginning to offer later.
    const subscriptions = CONCURRENCIES.map((concurrency) => spec(`${ID}-${concurrency}`));
    await (await scene.connect()).ensure({ topics: [], subscriptions });
    const writer = await scene.bus();
    await scene.write(writer, { writer: 1, count, frameBytes: 2_048 });
    for (const concurrency of CONCURRENCIES) {
      const seen = { frames: 0, bytes: 0, mostFrames: 0, mostBytes: 0 };
      const bus = createBus({ transport: counting(await scene.connect(), seen), clock: scene.clock });
      const id = `${ID}-${concurrency}`;
      let running = 0;
      let most = 0;
      const subscription = scene.read(bus, id, {
        id,
        order: "none",
        concurrency,
        prefetch: PREFETCH,
        prefetchBytes: limit,
        from: "earliest",
        async handle() {
          most = Math.max(most, ++running);
          await Promise.resolve();
          running--;
        },
      });
      await subscription.ready;
      await scene.until(`all at concurrency ${concurrency}`, () => scene.ledger.handledBy(id) >= count);
      await bus.drain();
      demand(most <= concurrency, `${most} handlers at a time, ${concurrency} allowed`);
      demand(concurrency === 1 || count < 100 || most > 1, `concurrency ${concurrency} was never used`);
      demand(seen.mostFrames <= PREFETCH, `${seen.mostFrames} frames leased, ${PREFETCH} allowed`);
      demand(seen.mostBytes <= limit, `${seen.mostBytes} bytes leased, ${limit} allowed`);
      figures[`most${concurrency}`] = most;
    }
    return figures;
  },
};
