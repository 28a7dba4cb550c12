import type { SlotDifferenceInit } from "@orrery/schema/state/v1";
import type { Kysely } from "kysely";
import type { Registry } from "../collections/registry.ts";
import type { StateTables } from "../tables.ts";
import { difference } from "../value/difference.ts";
import { toFieldChanges } from "../value/field-changes.ts";
import type { Ground } from "../write/ground.ts";
import { mustFindSlot } from "./slot-store.ts";
import { type SlotValue, slotValues } from "./slot-values.ts";
import { syncedNames, syncedObjects } from "./synced.ts";

interface Whose {
  readonly registry: Registry;
  readonly ground: () => Ground;
  readonly world: string;
  readonly player: string;
}

/** How a slot differs from another one, or from what is now where `right` is empty. */
export async function compareSlots(
  db: Kysely<StateTables>,
  { registry, ground, world, player }: Whose,
  left: string,
  right: string,
): Promise<SlotDifferenceInit[]> {
  const present = await syncedObjects(db, registry, ground(), world, player);
  const synced = syncedNames(registry, world);
  const valuesOf = async (name: string) =>
    slotValues(db, (await mustFindSlot(db, world, player, name)).refs, present, synced);
  const now = (): SlotValue[] =>
    present.flatMap(({ ref, version, value }) =>
      value === undefined
        ? []
        : [{ name: ref.name, collection: ref.collection.name, key: ref.key, version, value }],
    );
  const before = new Map((await valuesOf(left)).map((own) => [own.name, own]));
  const after = new Map((right === "" ? now() : await valuesOf(right)).map((own) => [own.name, own]));
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [a, b] = [before.get(name), after.get(name)];
    const changes = difference(a?.value, b?.value) ?? [{ path: [], before: a?.value, after: b?.value }];
    const { collection, key } = (a ?? b) as SlotValue;
    return changes.length === 0
      ? []
      : [
          {
            id: { collection, owner: player, key },
            leftVersion: a?.version ?? 0,
            rightVersion: b?.version ?? 0,
            changes: toFieldChanges(changes),
          },
        ];
  });
}
