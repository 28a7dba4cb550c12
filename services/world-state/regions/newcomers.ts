import { DeltaOp, type EntityDeltaInit, WorldStateUpdated } from "@orrery/schema/world/v1";
import { type Call, type Part, type Said, type SnapshotOf, say } from "@orrery/service";
import type { SnapshotRequest } from "@orrery/schema/router/v1";
import { wholeOf } from "./motion.ts";
import { regions } from "./aggregate.ts";

/** Deltas in one event. */
const MOST = 256;

/** A client that comes now learns of all entities of the regions it looks at, as of each region's last change. */
export const newcomers: Part<void> = {
  name: "newcomers",
  publishes: [],
  subscribes: [],
  start: async () => ({ handle: undefined, stop: async () => undefined }),
  snapshot: whatIsWhere,
};

async function whatIsWhere({ worldId, regionIds }: SnapshotRequest, call: Call): Promise<SnapshotOf> {
  const worlds = call.part(regions);
  await worlds.settled(worldId);
  const { entities, regions: counts } = worlds.state(worldId);
  const { census } = worlds.derived(worldId);
  const asked = regionIds.includes("*") ? counts.ids() : regionIds;
  const events: Said[] = [];
  for (const regionId of asked) {
    const regionSeq = counts.get(regionId)?.seq;
    if (regionSeq === undefined) continue;
    let [deltas, atGs]: [EntityDeltaInit[], number] = [[], 0];
    const flush = () => {
      if (deltas.length > 0) events.push(say(WorldStateUpdated, { atGs, regionId, regionSeq, deltas }));
      deltas = [];
    };
    for (const id of [...(census.get(regionId) ?? [])].sort()) {
      const entity = entities.get(id);
      if (entity === undefined) continue;
      atGs = Math.max(atGs, entity.movedGs);
      deltas.push({ ...wholeOf(entity), op: DeltaOp.CREATED });
      if (deltas.length === MOST) flush();
    }
    flush();
  }
  return { events, asOf: worlds.marks(worldId) };
}
