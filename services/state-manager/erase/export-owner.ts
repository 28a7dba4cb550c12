import { ItemGrant, ItemGrantSchema, SlotSchema } from "@orrery/schema/state/v1";
import { toJson } from "@bufbuild/protobuf";
import type { Kysely } from "kysely";
import type { Registry } from "../collections/registry.ts";
import { readSlots } from "../slots/slot-store.ts";
import type { StateTables } from "../tables.ts";
import { writeJson } from "../value/write-json.ts";
import type { Ground } from "../write/ground.ts";
import { objectsOf } from "./erase.ts";

/** All that is kept about a player, as JSON text: objects, grants and slots. */
export async function exportOwner(
  db: Kysely<StateTables>,
  registry: Registry,
  ground: Ground,
  player: string,
): Promise<string> {
  const objects = (await objectsOf(db, registry, ground, player)).flatMap(({ ref, value, ...held }) =>
    value === undefined
      ? []
      : [
          `{"world":${JSON.stringify(ref.world)},"collection":${JSON.stringify(ref.collection.name)},"key":${JSON.stringify(ref.key)},` +
            `"version":${held.version},"created_ms":${held.createdMs},"updated_ms":${held.updatedMs},"value":${writeJson(value)}}`,
        ],
  );
  const grants = await db.selectFrom("item_grant").select("body").where("owner", "=", player).execute();
  const slots = [];
  for (const world of registry.worlds()) slots.push(...(await readSlots(db, world, player)));
  return [
    `{"player":${JSON.stringify(player)}`,
    `"objects":[${objects.join(",")}]`,
    `"grants":${JSON.stringify(grants.map(({ body }) => toJson(ItemGrantSchema, ItemGrant.decode(body))))}`,
    `"slots":${JSON.stringify(slots.map((slot) => toJson(SlotSchema, slot)))}}`,
  ].join(",");
}
