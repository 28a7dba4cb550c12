import { seededNumbers } from "@orrery/bus";

/** Something that goes wrong, and what puts it right again. */
export interface Fault {
  readonly name: string;
  /** Resolves when the fault is over. */
  strike(): Promise<void>;
}

export interface Strikes {
  readonly counts: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

const PAUSE_MS = { least: 300, most: 2_000 } as const;
/** A quarter of the periods is calm: what only shows when everything works again must have its time. */
const CALM = 0.25;
const CALM_MS = 2_500;

/** Faults by the dice of a seed, until it is stopped; then all is put right again. */
export function strikeAround(faults: readonly Fault[], seed: number, tell: (what: string) => void): Strikes {
  const uniform = seededNumbers(seed);
  const counts: Record<string, number> = {};
  /** Several at once, but none beside itself. */
  const under = new Map<string, Promise<void>>();
  let stopped = false;
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const run = async () => {
    while (!stopped) {
      await sleep(PAUSE_MS.least + uniform() * (PAUSE_MS.most - PAUSE_MS.least));
      if (stopped) return;
      if (uniform() < CALM) {
        await sleep(CALM_MS);
        continue;
      }
      const free = faults.filter(({ name }) => !under.has(name));
      const fault = free[Math.floor(uniform() * free.length)];
      if (fault === undefined) continue;
      counts[fault.name] = (counts[fault.name] ?? 0) + 1;
      tell(fault.name);
      under.set(
        fault.name,
        fault.strike().finally(() => under.delete(fault.name)),
      );
    }
  };
  const running = run();
  return {
    counts,
    async stop() {
      stopped = true;
      await running;
      await Promise.all(under.values());
    },
  };
}
