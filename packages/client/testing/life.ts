import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { WorldEvent } from "../event.ts";
import type { Looks } from "../looks.ts";
import type { Subscription } from "../subscription.ts";
import type { ClientInTime } from "./client-in-time.ts";

/** One client's life, as it is tried and judged. */
export interface Life {
  readonly all: ClientInTime;
  readonly dice: Dice;
  readonly followed: Followed[];
  readonly awaited: Awaited[];
  /** What it broke, in words. */
  readonly broken: string[];
}

/** A subscription and what its user knows from it. */
export interface Followed {
  readonly looks: Looks;
  readonly subscription: Subscription;
  /** By type and region: which event said so last. */
  readonly known: Map<string, string>;
  /** Live events, `publisher/sequence`, in order. */
  readonly live: string[];
  closed: boolean;
}

export interface Awaited {
  readonly what: string;
  readonly byMs: number;
  settled: boolean;
}

export interface Dice {
  /** A whole number from 0 to `most`. */
  upTo(most: number): number;
  chance(percent: number): boolean;
  /** One of these; nothing happens when there are none. */
  pick<T>(from: readonly T[], act: (one: T) => void): void;
}

export function diceFrom(source: RandomGenerator): Dice {
  const upTo = (most: number) => uniformInt(source, 0, most);
  return {
    upTo,
    chance: (percent) => upTo(99) < percent,
    pick(from, act) {
      if (from.length > 0) act(from[upTo(from.length - 1)] as (typeof from)[number]);
    },
  };
}

export function learn({ known, live }: Followed, { type, key, id, snapshot }: WorldEvent): void {
  const name = `${id.publisher}/${id.sequence}`;
  known.set(`${type} ${key}`, name);
  if (!snapshot) live.push(name);
}
