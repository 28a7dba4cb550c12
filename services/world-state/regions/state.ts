import { create } from "@bufbuild/protobuf";
import { type Atlas, createAtlas } from "@orrery/atlas";
import {
  Bar,
  Entity,
  Gone,
  Hands,
  type Land,
  LandSchema,
  PlayerJourney,
  PlayerMoved,
  RegionsGround,
  RegionsState,
  RegionState,
  ThingActed,
  WorldStateUpdated,
} from "@orrery/schema/world/v1";
import type { Context, SeenState, State } from "@orrery/simulation/define";

export const tables = {
  entities: Entity,
  gone: Gone,
  regions: RegionState,
  journeys: PlayerJourney,
  grounds: RegionsGround,
  bars: Bar,
  hands: Hands,
};
export const emits = [WorldStateUpdated, PlayerMoved, ThingActed];

export type RegionsWorld = State<RegionsState, typeof tables>;
export type RegionsContext = Context<(typeof emits)[number], Around>;

/** The one page of `grounds`. */
export const PACK = "pack";

/** Which entities each region has: what follows from the table of entities. */
export type Census = Map<string, Set<string>>;

/** What follows from the state: who is in each region, and the land as players walk it. */
export interface Around {
  readonly census: Census;
  atlas: Atlas;
  same(other: Around): boolean;
}

export function aroundOf({ entities, grounds }: SeenState<RegionsWorld>): Around {
  const census: Census = new Map();
  for (const [id, { regionId }] of entities) enter(census, regionId, id);
  return {
    census,
    atlas: atlasOf(grounds.get(PACK)?.land as Land | undefined),
    same: (other) => listed(census) === listed(other.census),
  };
}

export const atlasOf = (land: Land | undefined): Atlas => createAtlas(land ?? create(LandSchema));

/** All of it in one order, for whoever compares. */
const listed = (census: Census) =>
  JSON.stringify(
    [...census].map(([id, there]) => [id, [...there].sort()] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );

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
