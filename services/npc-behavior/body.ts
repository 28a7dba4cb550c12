import { advance, type Body, bodyAfter, diesWithin, FASTING_H, type Harm, harmOf } from "@orrery/npc-mind";
import { DeathCause, type Mind } from "@orrery/schema/npc/v1";
import { Need } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { die } from "./death.ts";
import { lackOf } from "./larder.ts";
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

const OF: Readonly<Record<Harm, { readonly cause: DeathCause; readonly need: Need }>> = {
  EXPOSURE: { cause: DeathCause.EXPOSURE, need: Need.WARMTH },
  HUNGER: { cause: DeathCause.HUNGER, need: Need.FOOD },
};

/**
 * Whoever's day has come dies of age or illness, and whoever has no health left of what took it: where the region lacks that, of
 * what was behind the lack. @returns whether they died
 */
export function perish({ mind, nowGs, state, standing, ctx }: Turn): boolean {
  if (mind.fateGs !== undefined && mind.fateGs <= nowGs) {
    die(state, mind, { cause: mind.fate, nowGs }, ctx);
    return true;
  }
  if (bodyOf(mind).health > 0) return false;
  const harm = harmOf(mind.needs, mind) ?? (mind.fastedH >= FASTING_H ? "HUNGER" : "EXPOSURE");
  const { cause, need } = OF[harm];
  const home = standing.country.atlas.place(mind.homePlaceId)?.regionId ?? "";
  const lack = lackOf(state, mind.regionId, need) ?? lackOf(state, home, need);
  const origin = lack && { publisher: lack.causePublisher, sequence: lack.causeSequence };
  die(state, mind, { cause, nowGs, origin }, ctx);
  return true;
}

/** When somebody will have no health left, or their day comes, if it is before they look around next. */
export function endOf(turn: Turn, nextGs: number): number {
  const { mind, nowGs } = turn;
  const hours = (nextGs - nowGs) / HOUR_GS;
  const spentGs =
    nowGs + Math.ceil(diesWithin(mind.needs, lawFor(turn, mind), bodyOf(mind), hours) * HOUR_GS);
  return Math.min(spentGs, mind.fateGs ?? Number.POSITIVE_INFINITY);
}
