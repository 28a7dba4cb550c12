import { every, type Mutant } from "./mutant.ts";

/** What goes wrong with retries and dead letters. */
export const retryingMutants: readonly Mutant[] = [
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
    name: "does not hear that keeping a dead letter failed",
    page: "drop DLQ errors",
    caughtBy: ["I7"],
    mutate(inner) {
      const fails = every(3);
      return {
        ...inner,
        deadLetter: async (id, letter) =>
          fails() ? { ...letter, entryId: "0" } : inner.deadLetter(id, letter),
      };
    },
  },
];
