import type { Competitor } from "./competitor.ts";

export type Operation = "encode" | "decode" | "view";
export const OPERATIONS: readonly Operation[] = ["encode", "decode", "view"];

/** Median ns an event, by competitor and operation. */
export type Figures = ReadonlyMap<string, Readonly<Partial<Record<Operation, number>>>>;

export interface Effort {
  readonly rounds: number;
  /** How long one competitor runs in one round. */
  readonly roundMs: number;
}

/** What every loop adds to, so that no engine may leave work out. */
export const sink = { sum: 0 };

/**
 * Measures all competitors in turns: what disturbs the machine meets all alike. Each figure is the median of the
 * rounds; the first ones warm the engine up and do not count.
 */
export function measure(competitors: readonly Competitor[], events: number, effort: Effort): Figures {
  const figures = new Map<string, Partial<Record<Operation, number>>>(
    competitors.map(({ name }) => [name, {}]),
  );
  for (const operation of OPERATIONS) {
    const taking = competitors.filter((competitor) => competitor[operation] !== undefined);
    const samples = new Map(taking.map(({ name }) => [name, [] as number[]]));
    const warmUp = Math.ceil(effort.rounds / 4);
    for (let round = -warmUp; round < effort.rounds; round++) {
      for (const competitor of taking) {
        const ns = runFor(() => competitor[operation]!(), events, effort.roundMs);
        if (round >= 0) samples.get(competitor.name)!.push(ns);
      }
    }
    for (const [name, list] of samples) figures.get(name)![operation] = median(list);
  }
  return figures;
}

/** Runs `pass` for so long; ns an event. */
export function runFor(pass: () => number, events: number, ms: number): number {
  const begin = performance.now();
  let passes = 0;
  let elapsed = 0;
  do {
    sink.sum += pass();
    passes++;
    elapsed = performance.now() - begin;
  } while (elapsed < ms);
  return (elapsed * 1e6) / (passes * events);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
