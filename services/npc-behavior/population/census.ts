import { create } from "@bufbuild/protobuf";
import { type Mind, PeopledSchema } from "@orrery/schema/npc/v1";
import type { Household } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { PACK, type PeopleWorld } from "../state.ts";
import type { Country } from "../surroundings.ts";

/** A household as it is this morning. */
export interface Home {
  readonly household: DeepReadonly<Household>;
  readonly regionId: string;
  /** Ids, in their order. */
  readonly memberIds: string[];
}

/** Who lives where this morning; kept up while people come. */
export interface Census {
  /** In the order of their ids. */
  readonly homes: readonly Home[];
  /** People whose home is in a region. */
  readonly counts: Map<string, number>;
}

export function takeCensus(state: PeopleWorld, { atlas }: Pick<Country, "atlas">): Census {
  const counts = new Map<string, number>();
  const members = new Map<string, string[]>();
  for (const [id, { homePlaceId, householdId }] of state.minds) {
    const regionId = atlas.place(homePlaceId)?.regionId ?? "";
    counts.set(regionId, (counts.get(regionId) ?? 0) + 1);
    const there = members.get(householdId);
    if (there === undefined) members.set(householdId, [id]);
    else there.push(id);
  }
  const households = state.surroundings.get(PACK)?.society?.households ?? [];
  const homes = [...households]
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .flatMap((household) => {
      const regionId = atlas.place(household.homePlaceId)?.regionId;
      return regionId === undefined
        ? []
        : [{ household, regionId, memberIds: members.get(household.id) ?? [] }];
    });
  return { homes, counts };
}

/** How many live where at the world's beginning: they stay about so many. */
export function setTargets(state: PeopleWorld, { counts }: Census, { atlas }: Pick<Country, "atlas">): void {
  for (const [regionId, target] of counts) state.peopled.add(regionId, create(PeopledSchema, { target }));
  for (const [, { homePlaceId, speciesId }] of state.minds as Iterable<[string, DeepReadonly<Mind>]>) {
    const peopled = state.peopled.edit(atlas.place(homePlaceId)?.regionId ?? "");
    if (!peopled.speciesIds.includes(speciesId)) peopled.speciesIds.push(speciesId);
  }
}

/** A region holds so many at least and at most, of those who lived there when the world began. */
export const LEAST = 0.85;
const MOST = 1.15;

/** Whether somebody more may live there. */
export function hasRoom({ peopled }: PeopleWorld, { counts }: Census, regionId: string, more = 1): boolean {
  const target = peopled.get(regionId)?.target ?? 0;
  return (counts.get(regionId) ?? 0) + more <= Math.max(target, MOST * target);
}
