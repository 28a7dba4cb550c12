import type { Kysely } from "kysely";
import { type Registry } from "../collections/registry.ts";
import { ownersRows } from "../read/view.ts";
import type { StateTables } from "../tables.ts";
import type { Ground } from "../write/ground.ts";
import { headName } from "../write/ground.ts";
import { type Held, heldOf } from "../write/held.ts";
import { refIn } from "../write/reference.ts";
import { PLATFORM } from "@orrery/wire";

/** Names of what slots save today. */
export function syncedNames(registry: Registry, world: string): string[] {
  return registry.all(world).flatMap(({ name, synced }) => (synced ? [name] : []));
}

/** All objects of a player, there or deleted, that slots save: those of synced collections. */
export async function syncedObjects(
  db: Kysely<StateTables>,
  registry: Registry,
  ground: Ground,
  world: string,
  player: string,
): Promise<Held[]> {
  const found: Held[] = [];
  for (const collection of registry.all(world)) {
    if (!collection.synced) continue;
    const head = ground.heads.get(
      headName(collection.scope === "platform" ? PLATFORM : world, collection.name),
    );
    if (head === undefined) continue;
    const rows = await ownersRows(db, ground.lineage.levels(head.id), player);
    found.push(...rows.map((row) => heldOf(refIn(collection, world, row.owner, row.key), row)));
  }
  return found;
}
