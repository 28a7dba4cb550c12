import { ReadAccess } from "@orrery/schema/state/v1";
import type { Caller } from "@orrery/service";
import { PLATFORM } from "@orrery/wire";
import type { ReadyCollection } from "../collections/registry.ts";
import { checkOwner } from "../write/reference.ts";

/** Which objects of a collection a listing, query or watch is about, as far as the caller may see them. */
export interface Scope {
  readonly world: string;
  readonly collection: ReadyCollection;
  /** Undefined: every owner. */
  readonly owner: string | undefined;
  readonly prefix: string;
  /** Objects with less read access stay unseen. */
  readonly leastRead: ReadAccess;
}

/** A player who names no owner means themselves; of others they see what is public. */
export function scopeOf(
  caller: Caller,
  world: string,
  collection: ReadyCollection,
  owner: string | undefined,
  prefix: string,
): Scope {
  if (owner !== undefined) checkOwner(owner);
  const home = collection.scope === "platform" ? PLATFORM : world;
  const about = { world: home, collection, prefix };
  if (caller.role !== "player") return { ...about, owner, leastRead: ReadAccess.NOBODY };
  const asked = owner ?? caller.id;
  return {
    ...about,
    owner: asked,
    leastRead: asked === caller.id ? ReadAccess.OWNER : ReadAccess.PUBLIC,
  };
}
