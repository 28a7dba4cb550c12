import { create } from "@bufbuild/protobuf";
import type { Atlas } from "@orrery/atlas";
import { STARTING_LEVELS } from "@orrery/npc-mind";
import { ArrivalHow, type Mind, MindSchema, NpcArrived } from "@orrery/schema/npc/v1";
import { type Person, TraitsSchema } from "@orrery/schema/world/v1";
import type { Random } from "@orrery/simulation/define";
import type { PeopleContext } from "../state.ts";

/** People look around first; not all in the same second. */
export const FIRST_LOOK_GS = 600;
/** How far their needs are from where they begin on the whole. */
const APART = 0.15;

/** Somebody as they begin: at home. */
export function mindOf(person: Person, atlas: Atlas, atGs: number, random: Random): Mind | undefined {
  const home = atlas.place(person.homePlaceId);
  if (home === undefined) return undefined;
  return create(MindSchema, {
    npcId: person.id,
    name: person.name,
    speciesId: person.speciesId,
    roleId: person.roleId,
    householdId: person.householdId,
    homePlaceId: person.homePlaceId,
    workPlaceId: person.workPlaceId,
    ageYears: person.ageYears,
    traits: person.traits ?? create(TraitsSchema),
    regionId: home.regionId,
    placeId: home.id,
    xM: home.spot[0],
    yM: home.spot[1],
    needs: STARTING_LEVELS.map((level) => Math.min(1, level + APART * (random.uniform() - 0.5))),
    needsGs: atGs,
    health: 1,
    dueGs: atGs + 1 + random.int(FIRST_LOOK_GS),
    slotUntilGs: atGs,
  });
}

export function tellArrival(
  { npcId, name, speciesId, roleId, regionId, placeId, xM, yM, parentIds }: Mind,
  atGs: number,
  ctx: Pick<PeopleContext, "emit">,
  how: ArrivalHow,
): void {
  const where = { regionId, placeId, xM, yM };
  const isBorn = how === ArrivalHow.BORN;
  ctx.emit(NpcArrived, {
    ...{ atGs, npcId, name, speciesId, roleId, how },
    ...where,
    parentIds: isBorn ? parentIds : [],
  });
}
