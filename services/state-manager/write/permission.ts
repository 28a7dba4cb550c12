import { ReadAccess, WriteAccess } from "@orrery/schema/state/v1";
import type { Caller } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import type { Held } from "./held.ts";
import type { Ref } from "./reference.ts";

/** Services and operators read everything; a player reads what is public or their own. */
export function mayRead(caller: Caller, owner: string, read: ReadAccess): boolean {
  if (caller.role !== "player") return true;
  return read === ReadAccess.PUBLIC || (read === ReadAccess.OWNER && owner === caller.id);
}

/**
 * A player writes own objects that they may also read. What they may not see is answered like what is not there.
 * @throws STATE_FORBIDDEN, STATE_NOT_FOUND
 */
export function checkWrite(caller: Caller, ref: Ref, held: Held | undefined): void {
  const where = `${ref.collection.name}/${ref.key} of ${ref.owner || "nobody"}`;
  if (ref.collection.builtIn)
    throw new OrreryError(stateErrors.STATE_FORBIDDEN, {
      given: `${where}: changed by Grant, Consume, Revoke and TransferItems only`,
    });
  if (caller.role !== "player") return;
  const live = held?.value === undefined ? undefined : held;
  const read = live?.read ?? ref.collection.read;
  const write = live?.write ?? ref.collection.write;
  if (ref.owner !== caller.id || read < ReadAccess.OWNER)
    throw new OrreryError(stateErrors.STATE_NOT_FOUND, { given: where });
  if (write !== WriteAccess.OWNER) throw new OrreryError(stateErrors.STATE_FORBIDDEN, { given: where });
}
