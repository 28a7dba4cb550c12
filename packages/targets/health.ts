/*
 * How a target does, as one process sees it.
 *
 * RAMPING: it is new, or was let rest: for ten seconds it gets from a tenth to all of its share. HEALTHY: it gets its share.
 * EJECTED: it failed where its peers did not, and rests for half a minute, each time longer. OPEN and HALF_OPEN: its breakers are.
 * DRAINING: it gets nothing new. GONE: it is not there any more.
 */
export type TargetHealth = "ramping" | "healthy" | "ejected" | "open" | "half-open" | "draining" | "gone";

export type HealthReason = "errors" | "slow" | "outlier" | "lease" | "operator";

export interface HealthChange {
  readonly targetId: string;
  readonly callClass: string;
  readonly from: TargetHealth;
  readonly to: TargetHealth;
  readonly reason: HealthReason;
  /** Of the last ten seconds, 0..1. */
  readonly errorRate: number;
  readonly inFlight: number;
  /** Until when, ms; 0: not known. */
  readonly untilMs: number;
}
