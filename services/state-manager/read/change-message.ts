import { Change, type ChangeInit } from "@orrery/schema/state/v1";
import type { Ground } from "../write/ground.ts";
import type { ChangeRow } from "../tables.ts";

/** A kept change with what its row and its object say. */
export function changeOf(
  row: ChangeRow,
  about: {
    readonly world: string;
    readonly collection: string;
    readonly owner: string;
    readonly key: string;
  },
  ground: Ground,
): ChangeInit {
  const change = Change.decode(row.body);
  const { world, collection, owner, key } = about;
  return {
    ...change,
    id: { collection, owner, key },
    worldId: world,
    seq: row.seq,
    version: row.version,
    atMs: row.at_ms,
    event: { publisher: ground.streams.get(world)?.publisher ?? "", sequence: change.event?.sequence ?? 0 },
  } as ChangeInit;
}
