import { create } from "@bufbuild/protobuf";
import { type Boost, BoostSchema, type RegionControl } from "@orrery/schema/world/v1";

/** What a faction does somewhere pulls for it there, for some days. */
export function addBoost({ boosts }: RegionControl, factionId: string, by: number): Boost {
  const boost = boosts[factionId] ?? create(BoostSchema);
  boost.by += by;
  boosts[factionId] = boost;
  return boost;
}
