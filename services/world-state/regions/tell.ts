import { create } from "@bufbuild/protobuf";
import { type EntityDeltaInit, RegionStateSchema, WorldStateUpdated } from "@orrery/schema/world/v1";
import type { RegionsContext, RegionsWorld } from "./state.ts";

/** Tells a region's next change. */
export function tell(
  { regions }: RegionsWorld,
  regionId: string,
  deltas: readonly EntityDeltaInit[],
  atGs: number,
  ctx: RegionsContext,
): void {
  const region = regions.has(regionId)
    ? regions.edit(regionId)
    : regions.add(regionId, create(RegionStateSchema));
  region.seq += 1;
  ctx.emit(WorldStateUpdated, { atGs, regionId, regionSeq: region.seq, deltas: [...deltas] });
}
