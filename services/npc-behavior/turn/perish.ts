import { FASTING_H, type Harm, harmOf } from "@orrery/npc-mind";
import { DeathCause } from "@orrery/schema/npc/v1";
import { Need } from "@orrery/schema/world/v1";
import { bodyOf } from "./body.ts";
import { die } from "../population/death.ts";
import { lackOf } from "./larder.ts";
import type { Turn } from "./turn.ts";

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
