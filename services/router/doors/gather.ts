import { setImmediate as nextTurn } from "node:timers/promises";

/** Asked for at once at most. */
const MOST = 500;

interface Asked<T, R> {
  readonly item: T;
  readonly done: PromiseWithResolvers<R>;
}

/**
 * Does together what many ask for in the same moment, in the order in which they asked: a commit costs the same for
 * one as for hundreds.
 * @param run gives a result for each item
 */
export function gather<T, R>(run: (items: readonly T[]) => Promise<readonly R[]>): (item: T) => Promise<R> {
  let waiting: Asked<T, R>[] = [];
  let working = false;

  async function work(): Promise<void> {
    working = true;
    for (await nextTurn(); waiting.length > 0; ) {
      const some = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      try {
        const results = await run(some.map(({ item }) => item));
        for (const [at, { done }] of some.entries()) done.resolve(results[at] as R);
      } catch (error) {
        for (const { done } of some) done.reject(error);
      }
    }
    working = false;
  }

  return (item) => {
    const done = Promise.withResolvers<R>();
    waiting.push({ item, done });
    if (!working) void work();
    return done.promise;
  };
}
