import { create } from "@bufbuild/protobuf";
import { ArrivalHow, type Mind, NpcTookUp, type Vacancy, VacancySchema } from "@orrery/schema/npc/v1";
import type { DeepReadonly, Random } from "@orrery/simulation/define";
import { type Census, hasRoom } from "./census.ts";
import { countingDayOf, type Morning } from "./morning.ts";
import { welcome } from "./newcomer.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";

type Person = DeepReadonly<Mind>;

/** A post is empty for so many days at least, and at most. */
const [SOONEST, LATEST] = [3, 20];
/** Nobody takes up anything new past this share of a lifespan. */
const TOO_OLD = 0.8;
/** Where a pack has no children, people work from this age on, years. */
const USUAL_WORKING_AGE = 15;

/** Whose post somebody's is: their own; of who has taken one up, of whoever they follow. */
interface Left {
  readonly nowGs: number;
  readonly afterId: string;
}

/** Somebody's work is left undone, if it was a post. */
export function vacate(state: PeopleWorld, mind: Person, { nowGs, afterId }: Left, ctx: PeopleContext): void {
  const { npcId, roleId, workPlaceId, householdId, homePlaceId, speciesId, helps } = mind;
  if (helps || workPlaceId === "" || !ctx.derived.country.society.works(roleId)) return;
  const id = `${npcId}/${workPlaceId}/${roleId}`;
  if (state.vacancies.has(id)) return;
  const wait = SOONEST + ctx.streams.stream("post", id, nowGs).int(LATEST - SOONEST + 1);
  const fillDay = countingDayOf(nowGs) + wait;
  const post = { roleId, workPlaceId, householdId, homePlaceId, speciesId, sinceGs: nowGs, fillDay, afterId };
  state.vacancies.add(id, create(VacancySchema, post));
}

/** Somebody is something else from now on. What their day has in mind is thought of anew. */
export function takeUp(
  state: PeopleWorld,
  npcId: string,
  to: {
    readonly roleId: string;
    readonly workPlaceId: string;
    readonly helps: boolean;
    readonly afterId: string;
  },
  nowGs: number,
  ctx: PeopleContext,
): void {
  const { roleId, workPlaceId, helps, afterId } = to;
  const mind = state.minds.edit(npcId);
  Object.assign(mind, { roleId, workPlaceId, helps, slotUntilGs: Math.min(mind.slotUntilGs, nowGs) });
  tell(mind, afterId, nowGs, ctx);
}

function tell(mind: Person, afterId: string, atGs: number, ctx: PeopleContext): void {
  const { npcId, name, roleId, workPlaceId, homePlaceId } = mind;
  const regionId = ctx.derived.country.atlas.place(homePlaceId)?.regionId ?? mind.regionId;
  ctx.emit(NpcTookUp, { atGs, npcId, regionId, name, roleId, workPlaceId, afterId });
}

/** Whether somebody grown has no post to leave, and is not too old for one. */
export function isFree(
  { roleId, workPlaceId, speciesId, ageYears }: Person,
  { derived }: PeopleContext,
): boolean {
  const { society } = derived.country;
  const role = society.roles.get(roleId);
  const lifespan = society.species.get(speciesId)?.mortality?.lifespan ?? Number.POSITIVE_INFINITY;
  const isGrown =
    ageYears >= (society.childhood?.untilAge ?? USUAL_WORKING_AGE) && (role?.untilAge ?? 0) === 0;
  const hasNoPost = workPlaceId === "" || !society.works(roleId) || society.learners.has(roleId);
  return isGrown && hasNoPost && ageYears <= TOO_OLD * lifespan;
}

/**
 * Who of those who live here takes up a post: the eldest of the household who is free, or who learns at the place; where nobody more can
 * come, whoever only helps in the region.
 */
function heirTo(
  state: PeopleWorld,
  post: DeepReadonly<Vacancy>,
  isFull: boolean,
  ctx: PeopleContext,
): Person | undefined {
  const { householdId, workPlaceId, homePlaceId, roleId } = post;
  const { society, atlas } = ctx.derived.country;
  const { learners } = society;
  const regionOf = (placeId: string) => atlas.place(placeId)?.regionId;
  const isForLearners = learners.has(roleId);
  const free = [...state.minds]
    .map(([, mind]) => mind)
    .filter((mind) => isFree(mind, ctx) && !(isForLearners && learners.has(mind.roleId) && !mind.helps))
    .sort((one, other) => other.ageYears - one.ageYears || (one.npcId < other.npcId ? -1 : 1));
  return (
    free.find((mind) => householdId !== "" && mind.householdId === householdId) ??
    free.find((mind) => mind.workPlaceId === workPlaceId && learners.has(mind.roleId)) ??
    free.find((mind) => isFull && mind.helps && regionOf(mind.homePlaceId) === regionOf(homePlaceId))
  );
}

/** Posts whose day has come are taken up: by kin, by a learner, by somebody from elsewhere, where there is room for them. */
export function fillPosts(state: PeopleWorld, census: Census, morning: Morning, ctx: PeopleContext): void {
  const { day, nowGs } = morning;
  const { society, atlas } = ctx.derived.country;
  const open = [...state.vacancies]
    .filter(([, { fillDay }]) => fillDay <= day)
    .sort(([a, one], [b, other]) => one.fillDay - other.fillDay || (a < b ? -1 : 1));
  for (const [id, post] of open) {
    const { roleId, workPlaceId, afterId, homePlaceId, householdId, speciesId } = post;
    const regionId = atlas.place(homePlaceId)?.regionId ?? "";
    const isFull = !hasRoom(state, census, regionId);
    const heir = heirTo(state, post, isFull, ctx);
    if (heir !== undefined) {
      state.vacancies.remove(id);
      // Of whoever learnt at the same place the same hand is missing there as before.
      const isSame = heir.workPlaceId === workPlaceId;
      vacate(state, heir, { nowGs, afterId: isSame ? afterId : heir.npcId }, ctx);
      takeUp(state, heir.npcId, { roleId, workPlaceId, helps: false, afterId }, nowGs, ctx);
      continue;
    }
    if (isFull) continue;
    const household = census.homes.find((home) => home.household.id === householdId)?.household;
    const random = ctx.streams.stream("migrant", id, day);
    const who = { how: ArrivalHow.MIGRATED, speciesId, roleId, workPlaceId, helps: false };
    const home = household ?? { id: householdId, name: "", homePlaceId };
    const ageYears = agedFor(society.species.get(speciesId)?.family, random);
    const newcomer = welcome(state, { ...who, ageYears, home }, { ...morning, census, random }, ctx);
    if (newcomer === undefined) continue;
    state.vacancies.remove(id);
    tell(state.minds.get(newcomer) as Person, afterId, nowGs, ctx);
  }
}

/** Somebody who comes from elsewhere is in the first half of the years in which people have children. */
export const agedFor = (
  family: { readonly fromAge: number; readonly toAge: number } | undefined,
  random: Random,
): number =>
  family === undefined
    ? USUAL_WORKING_AGE
    : Math.floor(family.fromAge + ((family.toAge - family.fromAge) / 2) * random.uniform());

/** What there is to do for somebody without a post in a household: to help where one of it works, as those do who learn such work. */
export function helpFor(
  state: PeopleWorld,
  memberIds: readonly string[],
  roleIds: readonly string[],
  random: Random,
  ctx: PeopleContext,
): { readonly roleId: string; readonly workPlaceId: string } | undefined {
  const { society } = ctx.derived.country;
  const masters = memberIds
    .flatMap((id) => state.minds.get(id) ?? [])
    .filter(({ roleId, workPlaceId }) => workPlaceId !== "" && society.works(roleId));
  const working = roleIds.filter((id) => society.works(id));
  if (masters.length > 0 && working.length > 0) {
    const { roleId, workPlaceId } = random.pick(masters);
    const days = (id: string) => society.roles.get(id)?.routineId;
    const alike = working.filter((id) => days(id) === days(roleId));
    return { roleId: random.pick(alike.length > 0 ? alike : working), workPlaceId };
  }
  const idle = roleIds.filter((id) => society.roles.has(id) && !society.works(id));
  return idle.length > 0 ? { roleId: random.pick(idle), workPlaceId: "" } : undefined;
}

/** Whoever is too old for what they are, like a child, is something else from now on. */
export function growUp(state: PeopleWorld, { homes }: Census, { nowGs }: Morning, ctx: PeopleContext): void {
  const { society } = ctx.derived.country;
  const households = new Map(homes.map(({ household, memberIds }) => [household.id, memberIds]));
  for (const id of state.minds.ids()) {
    const { roleId, ageYears, householdId } = state.minds.get(id) as Person;
    const role = society.roles.get(roleId);
    if (role === undefined || role.untilAge === 0 || ageYears < role.untilAge) continue;
    const others = (households.get(householdId) ?? []).filter((other) => other !== id);
    const help = helpFor(state, others, role.thenIds, ctx.streams.stream("grown", id), ctx);
    if (help !== undefined) takeUp(state, id, { ...help, helps: true, afterId: "" }, nowGs, ctx);
  }
}
