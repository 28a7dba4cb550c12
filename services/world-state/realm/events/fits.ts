import type { SeasonKind, WorldEventRule } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import type { RealmWorld } from "../state.ts";
import { PACK } from "../state.ts";

const HOUR_GS = 3_600;
/** So much happens at a time, and so much in one place. */
const [MOST_IN_A_WORLD, MOST_IN_A_REGION] = [3, 1];

type Rule = DeepReadonly<WorldEventRule>;

/** There is room for one more. */
export function hasRoom({ events }: Pick<RealmWorld, "events">, regionId: string): boolean {
  if (events.size >= MOST_IN_A_WORLD) return false;
  let here = 0;
  for (const [, event] of events) if (event.regionId === regionId) here += 1;
  return here < MOST_IN_A_REGION;
}

/** Regions in which a rule's event may begin now. */
export function regionsFor(
  state: RealmWorld,
  rule: Rule,
  season: SeasonKind,
  atGs: number,
): readonly string[] {
  if (rule.seasons.length > 0 && !rule.seasons.includes(season)) return [];
  return (state.grounds.get(PACK)?.regions ?? [])
    .filter(({ biome }) => rule.biomes.length === 0 || rule.biomes.includes(biome))
    .map(({ id }) => id)
    .filter((id) => rule.regionIds.length === 0 || rule.regionIds.includes(id))
    .filter((id) => !rule.held || (state.controls.get(id)?.holderId ?? "") !== "")
    .filter((id) => hasRoom(state, id) && isRested(state, rule, id, atGs));
}

/** It has not been there for as long as its rule asks. */
function isRested(
  { histories }: RealmWorld,
  { id, cooldownH }: Rule,
  regionId: string,
  atGs: number,
): boolean {
  const last = histories.get(id)?.lastGs[regionId];
  return last === undefined || atGs - last >= cooldownH * HOUR_GS;
}
