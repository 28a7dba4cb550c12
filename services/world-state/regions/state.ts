import { Entity, RegionsState, RegionState, WorldStateUpdated } from "@orrery/schema/world/v1";
import type { Context, SeenState, State } from "@orrery/simulation/define";

export const tables = { entities: Entity, regions: RegionState };
export const emits = [WorldStateUpdated];

export type RegionsWorld = State<RegionsState, typeof tables>;
export type RegionsContext = Context<(typeof emits)[number], Census>;

/** Which entities each region has: what follows from the table of entities. */
export type Census = Map<string, Set<string>>;

export function censusOf({ entities }: SeenState<RegionsWorld>): Census {
  const census: Census = new Map();
  for (const [id, { regionId }] of entities) enter(census, regionId, id);
  return census;
}

export function enter(census: Census, regionId: string, id: string): void {
  const there = census.get(regionId);
  if (there === undefined) census.set(regionId, new Set([id]));
  else there.add(id);
}

export function leave(census: Census, regionId: string, id: string): void {
  const there = census.get(regionId);
  there?.delete(id);
  if (there?.size === 0) census.delete(regionId);
}
