import type { Identity } from "@orrery/schema/state/v1";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { serviceErrors } from "@orrery/service";
import { type ReadyCollection, type Registry } from "../collections/registry.ts";

/** Where one object lives, found or not. */
export interface Ref {
  /** `platform` for platform collections. */
  readonly world: string;
  readonly collection: ReadyCollection;
  readonly owner: string;
  readonly key: string;
  /** Unlike that of any other. */
  readonly name: string;
}

const OWNER = /^(?:player|npc|service):[^\s\p{Cc}]{1,120}$/u;
const KEY_MOST = 128;

/** @throws RPC_FIELD_INVALID, STATE_UNKNOWN_COLLECTION */
export function refOf(registry: Registry, world: string, id: Identity | undefined): Ref {
  const { collection: name = "", owner = "", key = "" } = id ?? {};
  checkOwner(owner);
  if (key.length < 1 || key.length > KEY_MOST || !key.isWellFormed() || key.includes("\u0000"))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `key of ${key.length} characters, 1..${KEY_MOST} without NUL`,
    });
  const collection = registry.get(world, name);
  return refIn(collection, world, owner, key);
}

export function refIn(collection: ReadyCollection, world: string, owner: string, key: string): Ref {
  const home = collection.scope === "platform" ? PLATFORM : world;
  return { world: home, collection, owner, key, name: refName(home, collection.name, owner, key) };
}

export function refName(world: string, collection: string, owner: string, key: string): string {
  return `${world}\u0000${collection}\u0000${owner}\u0000${key}`;
}

/** @throws RPC_FIELD_INVALID */
export function checkOwner(owner: string): void {
  if (owner !== "" && !OWNER.test(owner))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `owner ${JSON.stringify(owner.slice(0, 200))}: player:…, npc:…, service:… or empty`,
    });
}

/** Whose quota an object counts for: a player's over all worlds, anybody else's in one. */
export function quotaName(world: string, owner: string): string {
  return owner.startsWith("player:") ? owner : `${world}\u0000${owner}`;
}
