import { Need } from "@orrery/schema/world/v1";
import type { Law } from "./law.ts";
import { advance, fallsTo, levelOf, risesTo } from "./needs.ts";

/*
 * Health is 0..1, and 0 is death. Between two turns it changes at rates that hold until a need crosses a threshold; since each
 * need goes one way under a law, there are few such moments and each is known ahead, so that health has a closed form too.
 */

/** A body, beside its needs. */
export interface Body {
  /** 0..1. */
  health: number;
  /** Hours without food, 0..72: one more each hour at 0, one less each hour above it. A bite does not undo three days. */
  fastedH: number;
}

/** Whoever has had nothing for so long loses by it, an hour. */
export const FASTING_H = 72;
const [HUNGER, EXPOSURE, RECOVERY] = [-0.01, -0.05, 0.01];
/** Rest, food and warmth over this: somebody gets well. */
const WELL = 0.3;
/** What sums of pieces may be off by. */
const NOTHING = 1e-9;
const AFTER_H = 1e-7;

/** What takes somebody's health, the worse first. */
export type Harm = "EXPOSURE" | "HUNGER";

const after = (levels: readonly number[], law: Law, hours: number): number[] => {
  const later = [...levels];
  advance(later, law, hours);
  return later;
};

/** What harms a body with these needs. */
export function harmOf(levels: readonly number[], { fastedH }: Pick<Body, "fastedH">): Harm | undefined {
  if (levelOf(levels, Need.WARMTH) <= 0) return "EXPOSURE";
  return levelOf(levels, Need.FOOD) <= 0 && fastedH >= FASTING_H - NOTHING ? "HUNGER" : undefined;
}

function rateOf(levels: readonly number[], fastedH: number): number {
  const isWell = [Need.REST, Need.FOOD, Need.WARMTH].every((need) => levelOf(levels, need) > WELL);
  const cold = levelOf(levels, Need.WARMTH) <= 0 ? EXPOSURE : 0;
  const hungry = levelOf(levels, Need.FOOD) <= 0 && fastedH >= FASTING_H - NOTHING ? HUNGER : 0;
  return cold + hungry + (isWell ? RECOVERY : 0);
}

interface Piece {
  readonly hours: number;
  /** Change of health an hour. */
  readonly rate: number;
  /** Of hours fasted, an hour. */
  readonly fasting: number;
}

const CROSSED = [
  [Need.REST, WELL],
  [Need.FOOD, WELL],
  [Need.WARMTH, WELL],
  [Need.FOOD, 0],
  [Need.WARMTH, 0],
] as const;

/** The piece that begins now: the rates that hold, and until when. */
function pieceOf(levels: readonly number[], law: Law, { fastedH }: Body): Piece {
  // What holds from now on: who stands at a threshold and leaves it has left it.
  const soon = after(levels, law, AFTER_H);
  const isEmpty = levelOf(soon, Need.FOOD) <= 0;
  const fasting = isEmpty ? 1 : fastedH > 0 ? -1 : 0;
  let hours = Number.POSITIVE_INFINITY;
  for (const [need, threshold] of CROSSED) {
    const level = levelOf(levels, need);
    const crosses = Math.min(fallsTo(need, level, law, threshold), risesTo(need, level, law, threshold));
    if (crosses > AFTER_H) hours = Math.min(hours, crosses);
  }
  const turns = fasting > 0 ? FASTING_H - fastedH : fasting < 0 ? fastedH : Number.POSITIVE_INFINITY;
  if (turns > NOTHING) hours = Math.min(hours, turns);
  return { hours, rate: rateOf(soon, fastedH), fasting };
}

const lacksNothing = (levels: readonly number[], law: Law, hours: number) =>
  [Need.FOOD, Need.WARMTH].every(
    (need) => levelOf(levels, need) > 0 && fallsTo(need, levelOf(levels, need), law, 0) > hours,
  );

const fastedAfter = (fastedH: number, by: number) => Math.min(FASTING_H, Math.max(0, fastedH + by));

/**
 * Health after so many hours under a law, and hours fasted.
 * @param levels as they are before; they are left as they are
 */
export function bodyAfter(levels: readonly number[], law: Law, body: Readonly<Body>, hours: number): Body {
  const then = { ...body };
  if (body.health >= 1 && body.fastedH === 0 && lacksNothing(levels, law, hours)) return then;
  let now = levels;
  for (let left = hours; left > 0; ) {
    const piece = pieceOf(now, law, then);
    const lasts = Math.min(left, Math.max(piece.hours, AFTER_H));
    then.health = Math.min(1, Math.max(0, then.health + piece.rate * lasts));
    then.fastedH = fastedAfter(then.fastedH, piece.fasting * lasts);
    if (then.health <= NOTHING) return { ...then, health: 0 };
    now = after(now, law, lasts);
    left -= lasts;
  }
  return then;
}

/** Hours until health is 0 under a law; Infinity: not within so many. */
export function diesWithin(levels: readonly number[], law: Law, body: Readonly<Body>, hours: number): number {
  if (body.health + (EXPOSURE + HUNGER) * hours > 0) return Number.POSITIVE_INFINITY;
  const then = { ...body };
  let now = levels;
  for (let past = 0; past < hours; ) {
    const piece = pieceOf(now, law, then);
    const lasts = Math.min(hours - past, Math.max(piece.hours, AFTER_H));
    if (piece.rate < 0 && then.health + piece.rate * lasts <= NOTHING)
      return past + then.health / -piece.rate;
    then.health = Math.min(1, then.health + piece.rate * lasts);
    then.fastedH = fastedAfter(then.fastedH, piece.fasting * lasts);
    now = after(now, law, lasts);
    past += lasts;
  }
  return Number.POSITIVE_INFINITY;
}
