import { create } from "@bufbuild/protobuf";
import type { ArrivalHow, Mind } from "@orrery/schema/npc/v1";
import { type Household, PersonSchema, TraitsSchema } from "@orrery/schema/world/v1";
import type { DeepReadonly, Random } from "@orrery/simulation/define";
import { mindOf, tellArrival } from "./born.ts";
import type { Census } from "./census.ts";
import type { Morning } from "./morning.ts";

import type { PeopleContext, PeopleWorld } from "../state.ts";

const LONGEST_SLUG = 60;
const NAMELESS = "somebody";
const [USUAL, USUAL_AGGRESSION, APART] = [0.5, 0.3, 0.15];
const TRAITS = [
  "openness",
  "conscientiousness",
  "extraversion",
  "agreeableness",
  "neuroticism",
  "curiosity",
  "loyalty",
  "aggression",
] as const;

/** An id that nobody has had: of two who would have the same the later has a number. */
export function idFor({ minds, late }: Pick<PeopleWorld, "minds" | "late">, name: string): string {
  const slug = name
    .normalize("NFKD")
    .replaceAll(/\p{M}|['’]/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_SLUG)
    .replaceAll(/^-|-$/g, "");
  const id = `npc:${slug === "" ? NAMELESS : slug}`;
  const isTaken = (one: string) => minds.has(one) || late.has(one);
  for (let number = 2, one = id; ; one = `${id}-${number++}`) if (!isTaken(one)) return one;
}

/** Who begins to be here. */
export interface Newcomer {
  readonly how: ArrivalHow;
  readonly speciesId: string;
  readonly roleId: string;
  readonly workPlaceId: string;
  readonly ageYears: number;
  readonly home: Pick<DeepReadonly<Household>, "id" | "name" | "homePlaceId">;
  readonly parents?: readonly DeepReadonly<Mind>[];
  /** One hand more at work. */
  readonly helps: boolean;
}

/** Somebody is born or comes to live here. @returns their id; undefined: their species has no names, or the home is gone */
export function welcome(
  state: PeopleWorld,
  { how, speciesId, roleId, workPlaceId, ageYears, home, parents = [], helps }: Newcomer,
  { nowGs, census, random, day }: Morning & { readonly census: Census; readonly random: Random },
  ctx: PeopleContext,
): string | undefined {
  const { derived: standing } = ctx;
  const { atlas, society } = standing.country;
  const names = society.species.get(speciesId)?.family?.names ?? [];
  if (names.length === 0) return undefined;
  const members = census.homes.find(({ household }) => household.id === home.id)?.memberIds;
  const called = (given: string) => (home.name === "" ? given : `${given} ${home.name}`);
  const taken = new Set(members?.map((id) => state.minds.get(id)?.name));
  const free = names.filter((given) => !taken.has(called(given)));
  const name = called(random.pick(free.length > 0 ? free : names));
  const id = idFor(state, name);
  const traits = create(TraitsSchema);
  for (const trait of TRAITS) {
    const usual = trait === "aggression" ? USUAL_AGGRESSION : USUAL;
    const inherited =
      parents.reduce((sum, { traits: of }) => sum + (of?.[trait] ?? usual), 0) / parents.length;
    const middle = parents.length > 0 ? (usual + inherited) / 2 : usual;
    traits[trait] = Math.min(1, Math.max(0, middle + APART * random.normal()));
  }
  const person = create(PersonSchema, {
    ...{ id, name, speciesId, roleId, workPlaceId, ageYears, traits },
    householdId: home.id,
    homePlaceId: home.homePlaceId,
  });
  const mind = mindOf(person, atlas, nowGs, random);
  if (mind === undefined) return undefined;
  mind.parentIds = parents.map(({ npcId }) => npcId);
  mind.helps = helps;
  if (ageYears === 0) mind.bornDay = day;
  state.minds.add(id, mind);
  standing.present.come(mind.placeId, id);
  standing.households.come(mind.householdId, id);
  standing.due.push(mind.dueGs, id);
  members?.push(id);
  census.counts.set(mind.regionId, (census.counts.get(mind.regionId) ?? 0) + 1);
  tellArrival(mind, nowGs, ctx, how);
  return id;
}
