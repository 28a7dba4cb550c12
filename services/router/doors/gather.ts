import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "@orrery/service";

/** Asked for at once at most. */
const MOST = 500;
/** From one commit to the next at least: those of a crowd that comes in one by one would take most of the time. */
const PAUSE_MS = 50;

interface Asked<T, R> {
  readonly item: T;
  readonly done: PromiseWithResolvers<R>;
}

/**
 * Does together what many ask for in the same moment, in the order in which they asked: a commit costs the same for
 * one as for hundreds. Who asks alone is served at once.
 * @param run gives a result for each item
 */
export function gather<T, R>(
  clock: Clock,
  run: (items: readonly T[]) => Promise<readonly R[]>,
): (item: T) => Promise<R> {
  let waiting: Asked<T, R>[] = [];
  let working = false;
  let doneMs = Number.NEGATIVE_INFINITY;

  async function work(): Promise<void> {
    working = true;
    for (await nextTurn(); waiting.length > 0; ) {
      const pauseMs = doneMs + PAUSE_MS - clock.now();
      if (pauseMs > 0 && pauseMs <= PAUSE_MS) await clock.sleep(pauseMs);
      const some = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      try {
        const results = await run(some.map(({ item }) => item));
        for (const [at, { done }] of some.entries()) done.resolve(results[at] as R);
      } catch (error) {
        for (const { done } of some) done.reject(error);
      }
      doneMs = clock.now();
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
