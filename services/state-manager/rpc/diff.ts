import type { DiffRequest, DiffResponse } from "@orrery/schema/state/v1";
import type { Call } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import { ownObject } from "../read/own-object.ts";
import { valueAt } from "../read/value-at.ts";
import type { StateTables } from "../tables.ts";
import { difference } from "../value/difference.ts";
import { toFieldChanges } from "../value/field-changes.ts";
import type { Value } from "../value/model.ts";

export async function diff(request: DiffRequest, call: Call): Promise<InitOf<typeof DiffResponse>> {
  const held = await ownObject(call, request.worldId, request.id);
  const db = call.kit.store.as<StateTables>();

  async function at(version: number): Promise<Value> {
    const value = version === held.version ? held.value : (await valueAt(db, held.id, { version }))?.value;
    if (value !== undefined) return value;
    throw new OrreryError(stateErrors.STATE_NOT_FOUND, { given: `version ${version} is not kept` });
  }

  const toVersion = request.toVersion || held.version;
  const [before, after] = [await at(request.fromVersion), await at(toVersion)];
  const changes = difference(before, after) ?? [{ path: [], before, after }];
  return { fromVersion: request.fromVersion, toVersion, changes: toFieldChanges(changes) };
}
