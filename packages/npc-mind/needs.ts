import { Need } from "@orrery/schema/world/v1";
import type { Law } from "./law.ts";

/*
 * Levels are seven numbers in the order of the enum, 0..1, 1 is satisfied; warmth alone may be below 0, since cold can kill,
 * and is shown as 0 then. Between two decisions the law that they follow is fixed, and what they are at any moment has a
 * closed form.
 */

type Known = Exclude<Need, typeof Need.UNSPECIFIED>;

/** In the order of their levels. */
export const NEEDS: readonly Known[] = [
  Need.REST,
  Need.FOOD,
  Need.WARMTH,
  Need.SAFETY,
  Need.COMPANY,
  Need.STANDING,
  Need.PURPOSE,
];

export const STARTING_LEVELS: readonly number[] = [0.8, 0.8, 1, 1, 0.7, 0.5, 0.6];

/** Below, it is thought of; below the next, it is told of until it is relieved; below the last, the day's plan waits. */
export const WANTED = 0.3;
export const CRITICAL = 0.15;
export const URGENT = 0.1;
export const RELIEVED = 0.3;

const at = (need: Need) => need - 1;
export const levelOf = (levels: readonly number[], need: Need): number => levels[at(need)] ?? 0;
/** As others see it, 0..1. */
export const shown = (level: number): number => Math.min(1, Math.max(0, level));

/** Moves levels on by hours under a law. */
export function advance(levels: number[], law: Law, hours: number): void {
  for (const need of NEEDS) {
    const i = at(need);
    levels[i] = later(need, levels[i] ?? 0, law, hours);
  }
}

function later(need: Need, level: number, law: Law, hours: number): number {
  if (need === Need.WARMTH) {
    const to = law.warmthTo;
    return Math.min(1, to + (level - to) * Math.exp(-hours / law.warmthTauH));
  }
  const moved = need === Need.STANDING ? 0.5 + (level - 0.5) * 2 ** (-hours / law.standingHalfLifeH) : level;
  return shown(moved + (law.perHour[at(need)] ?? 0) * hours);
}

export function gain(levels: number[], need: Need, by: number): void {
  const i = at(need);
  levels[i] = need === Need.WARMTH ? Math.min(1, (levels[i] ?? 0) + by) : shown((levels[i] ?? 0) + by);
}

/** Hours until a need falls to a threshold that it is above; Infinity: it does not under this law. */
export function fallsTo(need: Need, level: number, law: Law, threshold: number): number {
  if (level <= threshold) return Number.POSITIVE_INFINITY;
  if (need === Need.WARMTH) {
    const to = law.warmthTo;
    return to < threshold
      ? -law.warmthTauH * Math.log((threshold - to) / (level - to))
      : Number.POSITIVE_INFINITY;
  }
  const rate = law.perHour[at(need)] ?? 0;
  // Standing drifts to its middle, which is above every threshold.
  if (need === Need.STANDING || rate >= 0) return Number.POSITIVE_INFINITY;
  return (threshold - level) / rate;
}

/** Hours until a need rises to a threshold that it is below; Infinity: it does not under this law. */
export function risesTo(need: Need, level: number, law: Law, threshold: number): number {
  if (level >= threshold) return Number.POSITIVE_INFINITY;
  if (need === Need.WARMTH) {
    const to = law.warmthTo;
    return to > threshold
      ? -law.warmthTauH * Math.log((threshold - to) / (level - to))
      : Number.POSITIVE_INFINITY;
  }
  const rate = law.perHour[at(need)] ?? 0;
  return need === Need.STANDING || rate <= 0 ? Number.POSITIVE_INFINITY : (threshold - level) / rate;
}

const THRESHOLDS = [WANTED, CRITICAL, URGENT];

/** Hours until the first need falls to a threshold. */
export function nextFall(levels: readonly number[], law: Law): number {
  let soonest = Number.POSITIVE_INFINITY;
  for (const need of NEEDS)
    for (const threshold of THRESHOLDS)
      soonest = Math.min(soonest, fallsTo(need, levelOf(levels, need), law, threshold));
  return soonest;
}
