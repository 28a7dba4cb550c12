import type { Budget } from "../run.ts";

export type Tier = "pr" | "nightly" | "soak";

/** What a tier asks for: how much of the PR tier's load, how often, with which seeds. */
export const TIERS: Readonly<
  Record<Tier, Required<Pick<Budget, "scale" | "limitMs">> & { readonly rounds: number }>
> = {
  /** About 150,000 events within 90 s. */
  pr: { scale: 1, limitMs: 60_000, rounds: 1 },
  /** A million events, ten seeds. */
  nightly: { scale: 7, limitMs: 600_000, rounds: 10 },
  /** As much as an hour holds: rounds of faults alone, every fourth of them calm. */
  soak: { scale: 20, limitMs: 3_600_000, rounds: 4 },
};

export const isTier = (name: string): name is Tier => name in TIERS;
