import type { Call } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { affairsToRead } from "./affairs.ts";
import { realm } from "./aggregate.ts";
import { PACK } from "./state.ts";

const DAY_GS = 86_400;

/** @throws WORLD_NO_FACTIONS */
export function lookAtPowers(call: Call, worldId: string) {
  const worlds = call.part(realm);
  const state = worlds.state(worldId);
  const { powers, valley } = worlds.derived(worldId);
  const ground = state.grounds.get(PACK);
  if (powers === undefined || ground === undefined)
    throw new OrreryError(worldStateErrors.WORLD_NO_FACTIONS, { given: worldId });
  const atGs = Math.floor(state.root.hourGs / DAY_GS) * DAY_GS;
  return { powers, affairs: affairsToRead(state, powers), ground, valley, state, atGs };
}

export type AroundPowers = ReturnType<typeof lookAtPowers>;

/** @throws WORLD_UNKNOWN_FACTION */
export function partyNo({ powers }: Pick<AroundPowers, "powers">, factionId: string): number {
  const party = powers.partyNo(factionId);
  if (party < 0) throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_FACTION, { given: factionId });
  return party;
}

/** @throws WORLD_UNKNOWN_FACTION */
export function territoryNo({ powers }: Pick<AroundPowers, "powers">, regionId: string): number {
  const territory = powers.territoryNo(regionId);
  if (territory < 0) throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_FACTION, { given: regionId });
  return territory;
}
