import { create } from "@bufbuild/protobuf";
import type { AtlasPlace } from "@orrery/atlas";
import { type Law, lawOf } from "@orrery/npc-mind";
import { type Mind, type Outdoors, OutdoorsSchema } from "@orrery/schema/npc/v1";
import {
  type Activity,
  Need,
  NeedLawsSchema,
  type Role,
  type Routine,
  type Species,
  TraitsSchema,
} from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { plenty } from "./larder.ts";
import type { Standing } from "../standing.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";

/** Somebody's turn: who, when, and what they have around them. */
export interface Turn {
  readonly mind: Mind;
  readonly nowGs: number;
  readonly state: PeopleWorld;
  readonly standing: Standing;
  readonly ctx: PeopleContext;
}

/** In a room it is as warm as people keep it. */
const INDOORS_C = 18;
/** Where nobody has told of the weather yet. */
const UNKNOWN_SKY = create(OutdoorsSchema, { feltC: 10, outdoor: 1, move: 1 });
const NO_LAWS = create(NeedLawsSchema, { coldSpanC: 1, warmthTauH: 1, standingHalfLifeH: 1 });
export const USUAL_TRAITS = create(TraitsSchema);
const USUAL_WALK_MPS = 1.35;

type Around = Pick<Turn, "state" | "standing">;

export const skyOver = ({ state }: Around, regionId: string): DeepReadonly<Outdoors> =>
  state.outdoors.get(regionId) ?? UNKNOWN_SKY;

export const speciesOf = ({ standing }: Around, { speciesId }: Mind): Species | undefined =>
  standing.country.society.species.get(speciesId);
export const roleOf = ({ standing }: Around, { roleId }: Mind): Role | undefined =>
  standing.country.society.roles.get(roleId);
export const routineOf = (around: Around, mind: Mind): Routine | undefined =>
  around.standing.country.society.routines.get(roleOf(around, mind)?.routineId ?? "");
export const activityOf = ({ standing }: Around, id: string | undefined): Activity | undefined =>
  id === undefined ? undefined : standing.country.society.activities.get(id);

export const homeOf = ({ standing }: Around, { homePlaceId }: Mind): AtlasPlace | undefined =>
  standing.country.atlas.place(homePlaceId);

export const walkOf = (around: Around, mind: Mind): number =>
  speciesOf(around, mind)?.walkMps ?? USUAL_WALK_MPS;

/** What somebody is at, once they are there. */
export const atOf = (around: Around, { doing }: Mind): Activity | undefined =>
  doing?.startedGs === undefined ? undefined : activityOf(around, doing.activityId);

/** Where fuel is short it is no warmer inside than a low fire makes it, and never colder than outside. */
function roomC(around: Around, regionId: string): number {
  const fire = plenty(around.state, regionId, Need.WARMTH);
  return Math.max(skyOver(around, regionId).feltC, fire * INDOORS_C);
}

/** By what somebody's needs change as things stand. */
export function lawFor(around: Around, mind: Mind): Law {
  const { country, present } = around.standing;
  const place = country.atlas.place(mind.placeId);
  const isOut = place === undefined || place.openAir;
  return lawOf({
    laws: speciesOf(around, mind)?.needs ?? NO_LAWS,
    traits: mind.traits ?? USUAL_TRAITS,
    activity: atOf(around, mind),
    inCompany: present.at(mind.placeId).length > 1,
    feltC: isOut ? skyOver(around, mind.regionId).feltC : roomC(around, mind.regionId),
    clothingC: roleOf(around, mind)?.clothingC ?? 0,
  });
}
