import type { Consumer, Delivery, Transport } from "@orrery/bus";

/** A transport with one lie planted in it, and the invariants of which at least one must find it. */
export interface Mutant {
  readonly name: string;
  readonly caughtBy: readonly string[];
  mutate(inner: Transport): Transport;
}

type Pull = Consumer["pull"];

/** Replaces what a consumer pulls. */
function pulling(inner: Transport, change: (pull: Pull) => Pull): Transport {
  return {
    ...inner,
    async open(spec) {
      const consumer = await inner.open(spec);
      return {
        get standby() {
          return consumer.standby;
        },
        pull: change((frames, bytes, signal) => consumer.pull(frames, bytes, signal)),
        close: () => consumer.close(),
      };
    },
  };
}

const each = (inner: Transport, change: (delivery: Delivery) => Delivery): Transport =>
  pulling(
    inner,
    (pull) =>
      async (...args) =>
        (await pull(...args)).map(change),
  );

/** Every `n`th call says yes. */
function every(n: number): () => boolean {
  let calls = 0;
  return () => ++calls % n === 0;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "acknowledges before the handler ran",
    caughtBy: ["I13"],
    mutate: (inner) =>
      each(inner, (delivery) => {
        void delivery.settle();
        return { ...delivery, settle: () => undefined, delay: async () => {}, renew: async () => Infinity };
      }),
  },
  {
    name: "drops what is handed back",
    caughtBy: ["I13"],
    mutate: (inner) =>
      each(inner, (delivery) => ({ ...delivery, delay: async () => void (await delivery.settle()) })),
  },
  {
    name: "drops retries",
    caughtBy: ["I6"],
    mutate: (inner) => ({ ...inner, requeue: async () => {} }),
  },
  {
    name: "ignores the pause before a retry",
    caughtBy: ["I6"],
    mutate: (inner) => ({
      ...inner,
      requeue: (id, frame, terms) => inner.requeue(id, frame, { ...terms, delayMs: 0 }),
    }),
  },
  {
    name: "forgets the attempt count",
    caughtBy: ["I6", "I7"],
    mutate: (inner) => ({
      ...inner,
      requeue: (id, frame, terms) => inner.requeue(id, frame, { ...terms, attempt: 1 }),
    }),
  },
  {
    name: "says that dead letters are kept and drops them",
    caughtBy: ["I7"],
    mutate: (inner) => ({ ...inner, deadLetter: async (_, letter) => ({ ...letter, entryId: "0" }) }),
  },
  {
    name: "keeps dead letters without their last byte",
    caughtBy: ["I7"],
    mutate: (inner) => ({
      ...inner,
      deadLetter: (id, letter) =>
        inner.deadLetter(id, { ...letter, payload: letter.payload.subarray(0, -1) }),
    }),
  },
  {
    name: "acknowledges frames and drops one in twenty",
    caughtBy: ["I1"],
    mutate: (inner) => {
      const drop = every(20);
      return { ...inner, publish: (frames) => inner.publish(frames.filter(() => !drop())) };
    },
  },
  {
    name: "delivers frames twice, under names of their own",
    caughtBy: ["I3", "I4"],
    mutate: (inner) => {
      const twice = every(10);
      return {
        ...inner,
        async publish(frames) {
          await inner.publish(frames);
          const { subscriptions } = inner;
          for (const frame of frames.filter(twice)) {
            for (const { id } of await subscriptions()) {
              await inner.requeue(id, frame, { delayMs: 50, attempt: 1, generation: 0 });
            }
          }
        },
      };
    },
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
    name: "redrives to everybody",
    caughtBy: ["I8"],
    mutate: (inner) => ({
      ...inner,
      async requeue(id, frame, terms) {
        await inner.requeue(id, frame, terms);
        if (terms.entryId === undefined) return;
        for (const spec of await inner.subscriptions()) {
          if (spec.id === id) continue;
          await inner.requeue(spec.id, frame, { delayMs: 0, attempt: 1, generation: terms.generation });
        }
      },
    }),
  },
  {
    name: "leaves redriven dead letters where they are",
    caughtBy: ["I8"],
    mutate: (inner) => ({
      ...inner,
      requeue: (id, frame, { entryId: _, ...terms }) => inner.requeue(id, frame, terms),
    }),
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
    name: "loses what lies beyond 32 bits",
    caughtBy: ["I26"],
    mutate: (inner) => ({
      ...inner,
      publish: (frames) => inner.publish(frames.filter((frame) => !Buffer.from(frame).includes(WIDE_MARK))),
    }),
  },
];

/** Stands in the payload of an event numbered 2^32. */
const WIDE_MARK = Buffer.from(new Float64Array([2 ** 32]).buffer);
