import { type Kit, together } from "@orrery/service";
import type { Objects } from "../objects.ts";
import { headName } from "../write/ground.ts";
import { type Held, heldOf } from "../write/held.ts";
import type { Ref } from "../write/reference.ts";
import { readingSeen } from "./view.ts";

export interface ReadObject {
  readonly held: Held | undefined;
  readonly cached: boolean;
}

/** An object as it is: from the cache, or from the database into it. */
export async function readObject(kit: Kit, objects: Objects, ref: Ref): Promise<ReadObject> {
  const now = kit.clock.now();
  const seen = objects.cache.get(ref.name, now);
  objects.answered(seen === undefined ? "store" : "cache");
  if (seen !== undefined) return { held: seen.held, cached: true };
  const held = await objects.cache.fill(ref.name, now, async () => {
    const head = objects.ground.heads.get(headName(ref.world, ref.collection.name));
    if (head === undefined) return undefined;
    const { db, dialect } = kit.store;
    const asked = readingSeen(dialect, objects.ground.lineage, [[head.id, ref.owner, ref.key]]);
    const [[row]] = await together(db, asked);
    return row && heldOf(ref, row);
  });
  return { held, cached: false };
}
