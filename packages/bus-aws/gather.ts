import type { Clock } from "@orrery/bus";
import { LIMITS } from "./limits.ts";

/** Gathers single wishes into batch calls of ten. */
export interface Gather<I> {
  /** Resolves or rejects with its own outcome. */
  add(item: I): Promise<void>;
  /** Sends what waits now; resolves when all that was added is answered. */
  flush(): Promise<void>;
}

/** Outcome of each item, in order; undefined: done. */
export type SendBatch<I> = (items: readonly I[]) => Promise<readonly (Error | undefined)[]>;

interface Waiting<I> {
  readonly item: I;
  readonly done: PromiseWithResolvers<void>;
}

/** `lingerMs` is asked with each item: how long others may join it; 0: until this turn of the loop is over. */
export function createGather<I>(clock: Clock, lingerMs: () => number, send: SendBatch<I>): Gather<I> {
  let waiting: Waiting<I>[] = [];
  const underWay = new Set<Promise<void>>();
  let timer: AbortController | undefined;
  let soon = false;

  async function sendSome(batch: readonly Waiting<I>[]): Promise<void> {
    let outcomes: readonly (Error | undefined)[];
    try {
      outcomes = await send(batch.map(({ item }) => item));
    } catch (error) {
      outcomes = batch.map(() => error as Error);
    }
    for (const [i, { done }] of batch.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined) done.resolve();
      else done.reject(outcome);
    }
  }

  function cut(): void {
    timer?.abort();
    timer = undefined;
    soon = false;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, LIMITS.batchEntries);
      const sending = sendSome(batch).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
  }

  function wait(ms: number): void {
    if (ms === 0) {
      if (!soon) setImmediate(cut);
      soon = true;
    } else if (timer === undefined) {
      const own = (timer = new AbortController());
      void clock.sleep(ms, own.signal).then(() => {
        if (!own.signal.aborted) cut();
      });
    }
  }

  return {
    add(item) {
      const done = Promise.withResolvers<void>();
      waiting.push({ item, done });
      if (waiting.length >= LIMITS.batchEntries) cut();
      else wait(lingerMs());
      return done.promise;
    },
    async flush() {
      cut();
      await Promise.all(underWay);
    },
  };
}
