import type { SlotFileObject } from "@orrery/schema/state/v1";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { stateErrors } from "../errors.ts";
import { valueAt } from "../read/value-at.ts";
import type { StateTables } from "../tables.ts";
import { fromMessage } from "../value/message.ts";
import type { Value } from "../value/model.ts";
import type { Held } from "../write/held.ts";
import { refName } from "../write/reference.ts";

/** An object as a slot has it. */
export interface SlotValue {
  readonly name: string;
  readonly collection: string;
  readonly key: string;
  readonly version: number;
  readonly value: Value;
}

/**
 * What a slot holds on to, with values; without what slots no longer save.
 * @param present the player's synced objects, to find versions by
 * @param synced collections that slots save today
 * @throws STATE_NOT_FOUND where history lost a version
 */
export async function slotValues(
  db: Kysely<StateTables>,
  refs: readonly SlotFileObject[],
  present: readonly Held[],
  synced: readonly string[],
): Promise<SlotValue[]> {
  const byName = new Map(present.map((held) => [held.ref.name, held]));
  const found: SlotValue[] = [];
  for (const { id, worldId, version, value } of refs) {
    const { collection = "", owner = "", key = "" } = id ?? {};
    if (!synced.includes(collection)) continue;
    const name = refName(worldId, collection, owner, key);
    const about = { name, collection, key, version };
    if (value !== undefined) {
      found.push({ ...about, value: fromMessage(value) });
      continue;
    }
    const held = byName.get(name);
    const same = held?.version === version && held.value !== undefined;
    const then = same || held === undefined ? undefined : await valueAt(db, held.id, { version });
    const kept = same ? held.value : then?.value;
    if (kept === undefined)
      throw new OrreryError(stateErrors.STATE_NOT_FOUND, {
        given: `${collection}/${key} at version ${version}`,
      });
    found.push({ ...about, value: kept });
  }
  return found;
}
