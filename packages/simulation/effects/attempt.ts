import type { Clock } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { simulationErrors } from "../errors.ts";

/**
 * Runs one try. It ends when its time is over or nobody wants it any more, whatever it does then: its signal says so.
 * @throws WORLD_EFFECT_LATE, the reason of `stop`, what `run` throws
 */
export async function attempt<T>(
  clock: Clock,
  ms: number,
  stop: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const done = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    const end = () => {
      over.abort(stop.reason);
      reject(stop.reason);
    };
    stop.addEventListener("abort", end, { once: true, signal: done.signal });
    if (stop.aborted) end();
    void clock.sleep(ms, done.signal).then(() => {
      if (done.signal.aborted) return;
      const late = new OrreryError(simulationErrors.WORLD_EFFECT_LATE, { given: `${ms} ms` });
      over.abort(late);
      reject(late);
    });
  });
  try {
    return await Promise.race([ended, run(over.signal)]);
  } finally {
    done.abort();
  }
}
