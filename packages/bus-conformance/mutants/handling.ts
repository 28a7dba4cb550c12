import type { Delivery } from "@orrery/bus";
import type { FrameEvent } from "@orrery/wire";
import { readEvolved, writeEvolved } from "../evolving.ts";
import { each, every, type Mutant, pulling, rewritten } from "./mutant.ts";

/** What a lying consumer does. */
export const handlingMutants: readonly Mutant[] = [
  {
    name: "acknowledges before the handler ran",
    page: "ack before handle",
    caughtBy: ["I13"],
    mutate: (inner) =>
      each(inner, (delivery) => {
        void delivery.settle();
        return { ...delivery, settle: () => undefined, delay: async () => {}, renew: async () => Infinity };
      }),
  },
  {
    name: "drops what is handed back",
    page: "drop on nack",
    caughtBy: ["I13"],
    mutate: (inner) =>
      each(inner, (delivery) => ({ ...delivery, delay: async () => void (await delivery.settle()) })),
  },
  {
    name: "reorders within a key",
    caughtBy: ["I5"],
    mutate: (inner) =>
      pulling(
        inner,
        (pull) =>
          async (...args) =>
            [...(await pull(...args))].reverse(),
      ),
  },
  {
    name: "hands out more than was asked for",
    page: "deliver over concurrency",
    caughtBy: ["I11"],
    mutate: (inner) =>
      pulling(inner, (pull) => (frames, bytes, signal) => pull(frames + 8, bytes * 2, signal)),
  },
  {
    name: "renews and settles leases that are gone",
    caughtBy: ["I10"],
    mutate: (inner) =>
      each(inner, (delivery) => ({
        ...delivery,
        renew: () => delivery.renew().catch(() => Infinity),
        settle: () => delivery.settle()?.catch(() => undefined),
      })),
  },
  {
    name: "lets one full subscription hold up the others",
    caughtBy: ["I12"],
    mutate: (inner) => {
      let out = 0;
      return pulling(inner, (pull) => async (frames, bytes, signal) => {
        while (out > 1 && !signal.aborted) await new Promise((resolve) => setImmediate(resolve));
        const deliveries = await pull(Math.min(frames, 1), bytes, signal);
        out += deliveries.length;
        return deliveries.map((delivery) => ({
          ...delivery,
          settle() {
            out--;
            return delivery.settle();
          },
        }));
      });
    },
  },
  {
    name: "closes without handing back what it holds",
    page: "close without drain",
    caughtBy: ["I10"],
    mutate: (inner) => ({
      ...inner,
      async open(spec) {
        const consumer = await inner.open(spec);
        const held = new Set<Delivery>();
        return {
          get standby() {
            return consumer.standby;
          },
          async pull(...args) {
            const deliveries = await consumer.pull(...args);
            return deliveries.map((delivery) => {
              held.add(delivery);
              return {
                ...delivery,
                settle() {
                  held.delete(delivery);
                  return delivery.settle();
                },
              };
            });
          },
          async close() {
            for (const delivery of held) await delivery.settle();
            await consumer.close();
          },
        };
      },
    }),
  },
  {
    name: "keeps renewing what is settled, which brings it back",
    page: "heartbeat after delete",
    caughtBy: ["I4"],
    mutate(inner) {
      const late = every(5);
      return {
        ...inner,
        async open(spec) {
          const consumer = await inner.open(spec);
          return {
            get standby() {
              return consumer.standby;
            },
            close: () => consumer.close(),
            async pull(...args) {
              const deliveries = await consumer.pull(...args);
              return deliveries.map((delivery) => ({
                ...delivery,
                async settle() {
                  await delivery.settle();
                  const { attempt, generation } = delivery;
                  if (late())
                    await inner.requeue(spec.id, delivery.frame, { delayMs: 5, attempt, generation });
                },
              }));
            },
          };
        },
      };
    },
  },
  {
    name: "puts what is retried behind its successors",
    page: "reorder inside a key on retry",
    caughtBy: ["I5"],
    mutate: (inner) => ({
      ...inner,
      async open(spec) {
        const consumer = await inner.open(spec);
        return {
          get standby() {
            return consumer.standby;
          },
          close: () => consumer.close(),
          async pull(...args) {
            const deliveries = await consumer.pull(...args);
            return deliveries.map((delivery) => ({
              ...delivery,
              async delay(ms) {
                const { attempt, generation } = delivery;
                await inner.requeue(spec.id, delivery.frame, {
                  delayMs: ms + 200,
                  attempt: attempt + 1,
                  generation,
                });
                await delivery.settle();
              },
            }));
          },
        };
      },
    }),
  },
  {
    name: "cuts payloads at 64 KB",
    page: "truncate at 64 KB",
    caughtBy: ["I14"],
    mutate: (inner) =>
      each(inner, (delivery) =>
        delivery.frame.length <= 65_536
          ? delivery
          : {
              ...delivery,
              frame: rewritten(delivery.frame, (events) =>
                events.map((event) => altered(event, { payload: event.payload.subarray(0, 65_536) })),
              ),
            },
      ),
  },
  {
    name: "reads with the release before and passes that on",
    page: "decode with wrong version",
    caughtBy: ["I16"],
    mutate: (inner) =>
      each(inner, (delivery) => ({
        ...delivery,
        frame: rewritten(delivery.frame, (events) =>
          events.map((event) => {
            if (event.type !== "conformance.v1.Evolved") return event;
            const { unknown: _, ...known } = readEvolved(event.payload, 3);
            return altered(event, { payload: writeEvolved(known) });
          }),
        ),
      })),
  },
  {
    name: "swaps the trace parents of neighbours",
    page: "trace swapped between neighbours in a frame",
    caughtBy: ["I19"],
    mutate: (inner) =>
      each(inner, (delivery) => ({
        ...delivery,
        frame: rewritten(delivery.frame, (events) =>
          events.map((event, at) => {
            const neighbour = events[at % 2 === 0 ? at + 1 : at - 1];
            return neighbour === undefined ? event : altered(event, { traceparent: neighbour.traceparent });
          }),
        ),
      })),
  },
];

/** An event with something else in it. */
function altered(event: FrameEvent, change: Partial<FrameEvent>): FrameEvent {
  const { index, typeIndex, type, key, sequence, timeMs, cause, traceparent, payload } = event;
  return { ...event, index, typeIndex, type, key, sequence, timeMs, cause, traceparent, payload, ...change };
}
