import type { StateObjectInit } from "@orrery/schema/state/v1";
import { pick } from "../value/fields.ts";
import { toMessage } from "../value/message.ts";
import type { Value } from "../value/model.ts";
import { writeJson } from "../value/write-json.ts";
import type { Held } from "../write/held.ts";
import type { Ref } from "../write/reference.ts";
import { PLATFORM } from "@orrery/wire";

export interface Form {
  readonly fields: readonly string[];
  readonly asJson: boolean;
}

const WHOLE: Form = { fields: [], asJson: false };

const idOf = ({ collection, owner, key }: Ref) => ({ collection: collection.name, owner, key });

/** What is not there, or may not be seen; only who may know is told the last version. */
export function absentMessage(ref: Ref, lastVersion: number): StateObjectInit {
  return { id: idOf(ref), worldId: ref.world, absent: true, version: lastVersion };
}

export function objectMessage(held: Held, value: Value, form: Form = WHOLE): StateObjectInit {
  const { ref, expiresAt } = held;
  const shown = pick(value, form.fields);
  return {
    id: idOf(ref),
    worldId: ref.world,
    version: held.version,
    ...(form.asJson ? { json: writeJson(shown) } : { value: toMessage(shown) }),
    read: held.read,
    write: held.write,
    createdMs: held.createdMs,
    updatedMs: held.updatedMs,
    updatedBy: held.updatedBy,
    size: held.bytes.length,
    ...(expiresAt !== undefined &&
      (ref.world === PLATFORM ? { expiresMs: expiresAt } : { expiresGs: expiresAt })),
  };
}
