import { advance, type Body, bodyAfter, diesWithin } from "@orrery/npc-mind";
import type { Mind } from "@orrery/schema/npc/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { lawFor, type Turn } from "./turn.ts";

const HOUR_GS = 3_600;

export const bodyOf = ({ health = 1, fastedH }: DeepReadonly<Mind>): Body => ({ health, fastedH });

/** Brings needs and health to now, by the law of what was done until now. */
export function settleBody(turn: Turn): void {
  const { mind, nowGs } = turn;
  const hours = (nowGs - mind.needsGs) / HOUR_GS;
  if (hours <= 0) return;
  const law = lawFor(turn, mind);
  Object.assign(mind, bodyAfter(mind.needs, law, bodyOf(mind), hours));
  advance(mind.needs, law, hours);
  mind.needsGs = nowGs;
}

/** When somebody will have no health left, or their day comes, if it is before they look around next. */
export function endOf(turn: Turn, nextGs: number): number {
  const { mind, nowGs } = turn;
  const hours = (nextGs - nowGs) / HOUR_GS;
  const spentGs =
    nowGs + Math.ceil(diesWithin(mind.needs, lawFor(turn, mind), bodyOf(mind), hours) * HOUR_GS);
  return Math.min(spentGs, mind.fateGs ?? Number.POSITIVE_INFINITY);
}
