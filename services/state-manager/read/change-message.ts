import { create } from "@bufbuild/protobuf";
import { EventIdSchema } from "@orrery/schema/bus/v1";
import { Change, IdentitySchema } from "@orrery/schema/state/v1";
import type { ChangeRow } from "../tables.ts";
import type { Ground } from "../write/ground.ts";

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
): Change {
  const change = Change.decode(row.body);
  const { world, collection, owner, key } = about;
  const publisher = ground.streams.get(world)?.publisher ?? "";
  change.id = create(IdentitySchema, { collection, owner, key });
  change.worldId = world;
  change.seq = row.seq;
  change.version = row.version;
  change.atMs = row.at_ms;
  change.event = create(EventIdSchema, { publisher, sequence: change.event?.sequence ?? 0 });
  return change;
}
