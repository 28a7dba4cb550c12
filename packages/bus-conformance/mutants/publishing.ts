import { frameHead } from "@orrery/bus";
import { every, type Mutant } from "./mutant.ts";

/** What goes wrong before anything is delivered. */
export const publishingMutants: readonly Mutant[] = [
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
    name: "loses what lies beyond 32 bits",
    caughtBy: ["I26"],
    mutate: (inner) => ({
      ...inner,
      publish: (frames) => inner.publish(frames.filter((frame) => !Buffer.from(frame).includes(WIDE_MARK))),
    }),
  },
  {
    name: "does not read which frames of a batch were refused",
    page: "ignore `Failed[]`",
    caughtBy: ["I1"],
    mutate(inner) {
      const inPart = every(7);
      return {
        ...inner,
        publish: (frames) => inner.publish(inPart() ? frames.slice(0, frames.length >> 1) : frames),
      };
    },
  },
  {
    name: "delivers again what is sent twice within the window",
    page: "dedup off",
    caughtBy: ["I20"],
    mutate(inner) {
      const before = new Set<string>();
      return {
        ...inner,
        async publish(frames) {
          await inner.publish(frames);
          for (const frame of frames) {
            const { publisher, firstSequence } = frameHead(frame);
            const name = `${publisher}/${firstSequence}`;
            if (before.has(name)) {
              for (const { id } of await inner.subscriptions())
                await inner.requeue(id, frame, { delayMs: 0, attempt: 1, generation: 0 });
            }
            before.add(name);
          }
        },
      };
    },
  },
  {
    name: "never takes a frame again that it has seen once",
    page: "dedup for ever",
    caughtBy: ["I20"],
    mutate(inner) {
      const before = new Set<string>();
      const isNew = (frame: Uint8Array) => {
        const { publisher, firstSequence } = frameHead(frame);
        const name = `${publisher}/${firstSequence}`;
        const first = !before.has(name);
        before.add(name);
        return first;
      };
      return { ...inner, publish: (frames) => inner.publish(frames.filter(isNew)) };
    },
  },
  {
    name: "keeps its newest frame in memory until the next one, and forgets it when it ends",
    page: "lose suffix on restart",
    caughtBy: ["I1"],
    mutate(inner) {
      let newest: Uint8Array[] = [];
      return {
        ...inner,
        async publish(frames) {
          const late = newest;
          newest = frames.slice(-1);
          await inner.publish([...late, ...frames.slice(0, -1)]);
        },
      };
    },
  },
];

/** Stands in the payload of an event numbered 2^32. */
const WIDE_MARK = Buffer.from(new Float64Array([2 ** 32]).buffer);
