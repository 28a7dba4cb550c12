import type { KitTables, Store } from "@orrery/service";

/** A segment as the store has it. @throws when it has none of this number */
export async function segmentBytes(
  store: Store,
  part: string,
  world: string,
  id: number,
): Promise<Uint8Array> {
  const row = await store
    .as<KitTables>()
    .selectFrom("segment")
    .select("bytes")
    .where("part", "=", part)
    .where("world", "=", world)
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`segment ${id} is not there`);
  return row.bytes;
}
