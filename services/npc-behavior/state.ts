import {
  Barred,
  Guest,
  Larder,
  Late,
  Mind,
  Outdoors,
  Peopled,
  PeopleState,
  Surroundings,
  Vacancy,
} from "@orrery/schema/npc/v1";
import {
  GiftAnswered,
  NeedCritical,
  NpcActed,
  NpcApproached,
  NpcArrived,
  NpcDied,
  NpcMarried,
  NpcMoved,
  NpcSettled,
  NpcSpoke,
  PeopleFrightened,
  NpcTookUp,
  RelationshipChanged,
} from "@orrery/schema/npc/v1";
import type { Context, State } from "@orrery/simulation/define";
import type { Standing } from "./standing.ts";

export const tables = {
  minds: Mind,
  outdoors: Outdoors,
  larders: Larder,
  guests: Guest,
  barred: Barred,
  late: Late,
  /** By region. */
  peopled: Peopled,
  vacancies: Vacancy,
  surroundings: Surroundings,
};
export const emits = [
  NpcArrived,
  NpcDied,
  NpcMoved,
  NpcActed,
  NeedCritical,
  NpcSpoke,
  NpcTookUp,
  NpcMarried,
  NpcSettled,
  NpcApproached,
  PeopleFrightened,
  RelationshipChanged,
  GiftAnswered,
];

export type PeopleWorld = State<PeopleState, typeof tables>;
export type PeopleContext = Context<(typeof emits)[number], Standing>;

/** The one page of its table. */
export const PACK = "pack";
