import { ReadAccess, type Identity } from "@orrery/schema/state/v1";
import type { Call } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { stateErrors } from "../errors.ts";
import { objects } from "../objects.ts";
import type { Held } from "../write/held.ts";
import { refOf } from "../write/reference.ts";
import { readObject } from "./read-object.ts";

/** An object whose past the caller may see: a player's own. @throws STATE_NOT_FOUND */
export async function ownObject(call: Call, worldId: string, id: Identity | undefined): Promise<Held> {
  const { caller } = call;
  const own = caller.role === "player" ? caller.id : "";
  const ref = refOf(call.part(collections), worldId, id && { ...id, owner: id.owner || own });
  const { held } = await readObject(call.kit, call.part(objects), ref);
  const hidden =
    caller.role === "player" && (ref.owner !== caller.id || (held?.read ?? 0) < ReadAccess.OWNER);
  if (held === undefined || hidden)
    throw new OrreryError(stateErrors.STATE_NOT_FOUND, {
      given: `${ref.collection.name}/${ref.key} of ${ref.owner || "nobody"}`,
    });
  return held;
}
