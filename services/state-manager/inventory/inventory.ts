import type { ChangeOp } from "@orrery/schema/state/v1";
import type { Registry } from "../collections/registry.ts";
import { INVENTORY } from "../collections/standard.ts";
import type { Author } from "../write/change.ts";
import type { Draft } from "../write/draft.ts";
import type { Held } from "../write/held.ts";
import { checkOwner, type Ref, refIn } from "../write/reference.ts";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { type Stack, stacksIn, valueOf } from "./stack.ts";

/** Key of an owner's items. */
export const ITEMS = "items";

/** Where an owner's items are. @throws RPC_FIELD_INVALID, STATE_UNKNOWN_COLLECTION */
export function inventoryRef(registry: Registry, world: string, owner: string): Ref {
  checkOwner(owner);
  if (owner === "")
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: "items without an owner" });
  return refIn(registry.get(world, INVENTORY), world, owner, ITEMS);
}

export function stacksOf(draft: Draft, ref: Ref): readonly Stack[] {
  return stacksIn(draft.get(ref)?.value);
}

export function keep(draft: Draft, ref: Ref, stacks: readonly Stack[], op: ChangeOp, author: Author): Held {
  return draft.set(ref, valueOf(stacks), op, author);
}
