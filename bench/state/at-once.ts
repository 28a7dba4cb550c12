import { errorCodeOf } from "@orrery/service";
import { percentile } from "../journal/percentile.ts";

export interface Speed {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Calls at once, each after the answer to the one before, for so many seconds; the first half second does not count. */
export async function atOnce(
  callers: number,
  seconds: number,
  call: (number: number) => Promise<unknown>,
): Promise<Speed> {
  const took: number[] = [];
  const began = performance.now() + 500;
  const ends = began + seconds * 1_000;
  let number = 0;

  async function caller(): Promise<void> {
    while (performance.now() < ends) {
      const startMs = performance.now();
      await call(number++);
      if (startMs >= began) took.push(performance.now() - startMs);
    }
  }

  await Promise.all(Array.from({ length: callers }, caller));
  const perSecond = (took.length * 1_000) / (performance.now() - began);
  return { perSecond: Math.round(perSecond), p50Ms: percentile(took, 0.5), p99Ms: percentile(took, 0.99) };
}

export interface Paced extends Speed {
  /** Share of both cores that this process used, 0..1 of two. */
  readonly cpu: number;
  /** Calls that were shed with STATE_BUSY. */
  readonly refused: number;
}

/** Calls at a rate, whether or not the ones before were answered. */
export async function paced(
  rate: number,
  seconds: number,
  call: (number: number) => Promise<unknown>,
): Promise<Paced> {
  const took: number[] = [];
  const open = new Set<Promise<void>>();
  const began = performance.now();
  let refused = 0;
  const cpuBefore = process.cpuUsage();
  for (let number = 0; performance.now() - began < seconds * 1_000; ) {
    for (const due = ((performance.now() - began) * rate) / 1_000; number < due; number++) {
      const startMs = performance.now();
      const done: Promise<void> = call(number)
        .then(
          () => void took.push(performance.now() - startMs),
          (error: unknown) => {
            if (errorCodeOf(error) !== "STATE_BUSY") throw error;
            refused += 1;
          },
        )
        .finally(() => open.delete(done));
      open.add(done);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(open);
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    perSecond: Math.round((took.length * 1_000) / wallMs),
    p50Ms: percentile(took, 0.5),
    p99Ms: percentile(took, 0.99),
    refused,
    cpu: (user + system) / 1_000 / wallMs / 2,
  };
}
