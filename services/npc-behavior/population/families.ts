import { ArrivalHow, type Mind } from "@orrery/schema/npc/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { type Census, hasRoom, type Home } from "./census.ts";
import type { Morning } from "./morning.ts";
import { welcome } from "./newcomer.ts";
import { PACK, type PeopleContext, type PeopleWorld } from "../state.ts";
import type { Country } from "../surroundings.ts";

/*
 * Nothing in a pack says who is whose child or spouse. In a household with a family name the two eldest who are near enough in age are
 * taken for a couple, and whoever is a generation younger for their children; a household without one (a watch, an abbey) is
 * no family. Later parents are known, and who marries whom.
 */

type Person = DeepReadonly<Mind>;

/** A couple's ages are no further apart, as a share of the younger's. */
const APART = 0.5;
/** Parents are older than their children by this at least, as a share of the age at which one can have them first. */
const GENERATION = 0.9;
/** Children a year of a couple where as many live as should; none at a tenth more, twice as many at a tenth less. */
const A_YEAR = 0.3;
const TENTH = 0.1;
/** So long a child is the youngest, years. */
const SPACING = 2;
const TWINS = 1 / 80;

export const isNear = (one: Person, other: Person) =>
  Math.abs(one.ageYears - other.ageYears) <= APART * Math.min(one.ageYears, other.ageYears) * 0.6;
const eldestFirst = (one: Person, other: Person) =>
  other.ageYears - one.ageYears || (one.npcId < other.npcId ? -1 : 1);

export function areKin(one: Person, other: Person): boolean {
  return (
    one.parentIds.includes(other.npcId) ||
    other.parentIds.includes(one.npcId) ||
    one.parentIds.some((id) => other.parentIds.includes(id))
  );
}

type Kinds = Pick<Country["society"], "species">;

const familyOf = ({ species }: Kinds, { speciesId }: Person) => species.get(speciesId)?.family;

/** Who could have children together, of those who live in a household: who are married first, and the eldest of them. */
export function coupleOf(members: readonly Person[], society: Kinds): readonly [Person, Person] | undefined {
  const adults = members.filter((one) => isFertile(one, society)).sort(eldestFirst);
  const ids = new Set(members.map(({ npcId }) => npcId));
  const isMarried = ({ spouseId }: Person) => ids.has(spouseId);
  const found = (isPair: (one: Person, other: Person) => boolean) => {
    for (const one of adults)
      for (const other of adults)
        if (one !== other && one.speciesId === other.speciesId && isPair(one, other))
          return [one, other] as const;
    return undefined;
  };
  return (
    found((one, other) => one.spouseId === other.npcId) ??
    found((one, other) => isNear(one, other) && !areKin(one, other) && !isMarried(one) && !isMarried(other))
  );
}

/** Whether somebody is of an age to have children. */
export function isFertile(one: Person, society: Kinds): boolean {
  const family = familyOf(society, one);
  return family !== undefined && one.ageYears >= family.fromAge && one.ageYears <= family.toAge;
}

export const livingIn = ({ minds }: PeopleWorld, { memberIds }: Home): Person[] =>
  memberIds.flatMap((id) => minds.get(id) ?? []);

/** At the world's beginning: the couple of a family is married, and its children are theirs. */
export function setParents(state: PeopleWorld, { homes }: Census, society: Kinds): void {
  for (const home of homes) {
    if (home.household.name === "") continue;
    const grown = livingIn(state, home).sort(eldestFirst);
    const at = grown.findIndex((one, i) => {
      const next = grown[i + 1];
      const from = familyOf(society, one)?.fromAge ?? 0;
      return next !== undefined && next.ageYears >= from && isNear(one, next);
    });
    const couple = at < 0 ? grown.slice(0, 1) : grown.slice(at, at + 2);
    const [one, other] = couple;
    if (one !== undefined && other !== undefined) {
      state.minds.edit(one.npcId).spouseId = other.npcId;
      state.minds.edit(other.npcId).spouseId = one.npcId;
    }
    const youngest = couple.at(-1);
    for (const { npcId, ageYears } of grown)
      if (
        youngest !== undefined &&
        youngest.ageYears - ageYears >= GENERATION * (familyOf(society, youngest)?.fromAge ?? 0)
      )
        if (ageYears < youngest.ageYears)
          state.minds.edit(npcId).parentIds = couple.map(({ npcId: id }) => id);
  }
}

/** Children are born, the more the fewer people a region has. */
export function births(state: PeopleWorld, census: Census, morning: Morning, ctx: PeopleContext): void {
  const { society } = ctx.derived.country;
  const { childhood } = society;
  const yearDays = state.surroundings.get(PACK)?.yearDays ?? 0;
  if (childhood === undefined || yearDays === 0) return;
  for (const home of census.homes) {
    const { household, regionId } = home;
    if (household.name === "" || !hasRoom(state, census, regionId)) continue;
    const members = livingIn(state, home);
    const parents = coupleOf(members, society);
    if (parents === undefined) continue;
    const isNursing = members.some(
      ({ ageYears, parentIds }) => ageYears < SPACING && parentIds.includes(parents[0].npcId),
    );
    if (isNursing) continue;
    const target = state.peopled.get(regionId)?.target ?? 0;
    const share = (census.counts.get(regionId) ?? 0) / target;
    const will = Math.min(2, Math.max(0, (1 + TENTH - share) / TENTH));
    const random = ctx.streams.stream("birth", household.id, morning.day);
    if (random.uniform() >= (A_YEAR * will) / yearDays) continue;
    const children = random.uniform() < TWINS && hasRoom(state, census, regionId, 2) ? 2 : 1;
    for (let child = 0; child < children; child++) {
      const who = { speciesId: parents[0].speciesId, roleId: childhood.id, workPlaceId: "", ageYears: 0 };
      const newborn = { ...who, how: ArrivalHow.BORN, home: household, parents, helps: true };
      welcome(state, newborn, { ...morning, census, random }, ctx);
    }
  }
}
