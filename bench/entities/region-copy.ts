import type { WorldEvent } from "@orrery/client";
import { DeltaOp, EntityDelta, type EntityDeltaInit, WorldStateUpdated } from "@orrery/schema/world/v1";
import { encodeBytes } from "@orrery/wire";

/** What somebody who follows a region knows of it, put together from how it changes. */
export interface RegionCopy {
  take(event: WorldEvent): void;
  /** Changes of the region that were missed, and that came twice. */
  readonly gaps: number;
  readonly doubles: number;
  /** Snapshots that came later than the first. */
  readonly snapshots: number;
  /** Each entity's bytes, as hex. */
  state(): ReadonlyMap<string, string>;
}

type Known = Pick<EntityDelta, "entityId" | "kind" | "version" | "motion" | "placeId" | "set">;

export function copyRegion(): RegionCopy {
  const known = new Map<string, Known>();
  let [seq, gaps, doubles, snapshots] = [0, 0, 0, 0];
  let inSnapshot = false;

  function put({ entityId, kind, op, version, motion, placeId, set, unset }: EntityDelta): void {
    if (op === DeltaOp.REMOVED) return void known.delete(entityId);
    const before = op === DeltaOp.CREATED ? undefined : known.get(entityId);
    const props = { ...before?.set, ...set };
    for (const name of unset) delete props[name];
    const sorted = Object.fromEntries(Object.entries(props).sort(([a], [b]) => (a < b ? -1 : 1)));
    known.set(entityId, { entityId, kind, version, motion: motion ?? before?.motion, placeId, set: sorted });
  }

  return {
    take(event) {
      const update = event.as(WorldStateUpdated);
      if (update === undefined) return;
      if (event.snapshot && !inSnapshot) {
        snapshots += seq > 0 ? 1 : 0;
        known.clear();
      }
      inSnapshot = event.snapshot;
      if (!event.snapshot && update.regionSeq <= seq) {
        doubles += 1;
        return;
      }
      if (!event.snapshot && update.regionSeq !== seq + 1) gaps += 1;
      seq = update.regionSeq;
      for (const delta of update.deltas) put(delta);
    },
    get gaps() {
      return gaps;
    },
    get doubles() {
      return doubles;
    },
    get snapshots() {
      return snapshots;
    },
    state: () =>
      new Map(
        [...known].map(([id, one]) => [
          id,
          Buffer.from(encodeBytes(EntityDelta, one as EntityDeltaInit)).toString("hex"),
        ]),
      ),
  };
}
