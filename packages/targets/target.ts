import { type Breaker, type BreakerState, createBreaker, type Ending } from "./breaker.ts";
import { type ConcurrencyLimit, createConcurrencyLimit } from "./limit.ts";
import type { HealthReason, TargetHealth } from "./health.ts";
import { createLatency, type Latency } from "./latency.ts";
import { createWindow, type Window } from "./window.ts";

/** Somewhere that a call may go. */
export interface TargetFacts {
  readonly id: string;
  /** Its share against its peers', over 0. */
  readonly weight: number;
  readonly zone: string;
}

/** A target and all that is known of it. */
export interface Target<F extends TargetFacts = TargetFacts> {
  facts: F;
  readonly latency: Latency;
  readonly limit: ConcurrencyLimit;
  readonly window: Window;
  readonly breakers: Map<string, Breaker>;
  inFlight: number;
  inARow: number;
  /** Nobody was there a moment ago: others are asked first until then. */
  goneUntilMs: number;
  rampFromMs: number;
  ejectedUntilMs: number;
  ejections: number;
  isDraining: boolean;
  /** Of the health that was told last. */
  told: TargetHealth;
}

const RAMP_MS = 10_000;
const RAMP_LEAST = 0.1;
/** What nothing is known of is not faster than anything. */
export const LEAST_MS = 5;
const GONE_MS = 1_000;
const SAME_ZONE = 0.77;

export const createTarget = <F extends TargetFacts>(facts: F, now: number): Target<F> => ({
  facts,
  latency: createLatency(),
  limit: createConcurrencyLimit(),
  window: createWindow(),
  breakers: new Map(),
  inFlight: 0,
  inARow: 0,
  goneUntilMs: 0,
  rampFromMs: now,
  ejectedUntilMs: 0,
  ejections: 0,
  isDraining: false,
  told: "ramping",
});

/** From a tenth to 1 within ten seconds. */
export const rampOf = ({ rampFromMs }: Target, now: number): number =>
  Math.min(1, RAMP_LEAST + (1 - RAMP_LEAST) * Math.max(0, (now - rampFromMs) / RAMP_MS));

/** What a call there would cost: lower is better. */
export function costOf(target: Target, now: number, zone: string): number {
  const { facts, latency, inFlight } = target;
  const near = zone !== "" && facts.zone === zone ? SAME_ZONE : 1;
  return (near * (latency.at(now) + LEAST_MS) * (inFlight + 1)) / (facts.weight * rampOf(target, now));
}

export function breakerOf(
  target: Target,
  callClass: string,
  random: () => number,
  changed: (to: BreakerState, now: number, why: "errors" | "slow" | "good") => void,
): Breaker {
  const known = target.breakers.get(callClass);
  if (known !== undefined) return known;
  const made = createBreaker(random, changed);
  target.breakers.set(callClass, made);
  return made;
}

/** How it does now, by its worst: draining, resting, the breaker of any class of calls. */
export function healthOf(target: Target, now: number): TargetHealth {
  if (target.isDraining) return "draining";
  if (now < target.ejectedUntilMs) return "ejected";
  const states = [...target.breakers.values()].map((breaker) => breaker.state(now));
  if (states.includes("open")) return "open";
  if (states.includes("half-open")) return "half-open";
  return rampOf(target, now) < 1 ? "ramping" : "healthy";
}

/** Counts a call that has ended. */
export function count(target: Target, ending: Ending, now: number, tookMs: number): void {
  if (ending === "ignored") return;
  if (ending === "gone") {
    target.goneUntilMs = now + GONE_MS;
    return;
  }
  target.goneUntilMs = 0;
  const failed = ending === "failed";
  target.window.add(now, failed, false);
  target.latency.add(now, tookMs);
  target.limit.add(now, tookMs, target.inFlight);
  target.inARow = failed ? target.inARow + 1 : 0;
}

export const reasonOf = (to: TargetHealth, why: HealthReason): HealthReason =>
  to === "draining" || to === "gone" ? "lease" : why;
