import type { GetRequest, GetResponse } from "@orrery/schema/state/v1";
import type { Call, Caller } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { stateErrors } from "../errors.ts";
import { objects } from "../objects.ts";
import type { StateTables } from "../tables.ts";
import { headName } from "../write/ground.ts";
import { mayRead } from "../write/permission.ts";
import { type Ref, refOf } from "../write/reference.ts";
import { absentMessage, type Form, objectMessage } from "./object-message.ts";
import { readObject } from "./read-object.ts";
import { valueAt, type When } from "./value-at.ts";

type Asked = Pick<GetRequest, "worldId" | "id" | "moment" | "minSeq"> & Form;

/** @throws STATE_NOT_FOUND where history does not have the moment asked for */
export async function getOne(request: Asked, call: Call): Promise<InitOf<typeof GetResponse>> {
  const { caller, kit } = call;
  const owned = call.part(objects);
  const own = caller.role === "player" ? caller.id : "";
  const id = request.id && { ...request.id, owner: request.id.owner || own };
  const ref = refOf(call.part(collections), request.worldId, id);
  const head = () => owned.ground.heads.get(headName(ref.world, ref.collection.name))?.seq ?? 0;
  const seq = head();
  const when = whenOf(request);
  const { held, cached } = await readObject(kit, owned, ref);
  const about = {
    seq: cached ? head() : seq,
    ...(owned.awaySinceMs !== undefined && { staleSinceMs: owned.awaySinceMs }),
  };
  const hidden = held !== undefined && !mayRead(caller, ref.owner, held.read);
  if (held === undefined || hidden) return { ...about, object: absentMessage(ref, 0) };
  if (when === undefined)
    return {
      ...about,
      object:
        held.value === undefined
          ? absentMessage(ref, lastVersion(caller, ref, held.version))
          : objectMessage(held, held.value, request),
    };
  // What a fork began with has no past of its own.
  if ("version" in when && when.version === held.version && held.value !== undefined)
    return { ...about, object: objectMessage(held, held.value, request) };
  const then = await valueAt(kit.store.as<StateTables>(), held.id, when);
  if (then === undefined)
    throw new OrreryError(stateErrors.STATE_NOT_FOUND, {
      given: `${ref.collection.name}/${ref.key} at ${"version" in when ? `version ${when.version}` : "that time"}: not kept`,
    });
  if (then.value === undefined) return { ...about, object: absentMessage(ref, then.version) };
  const earlier = {
    ...held,
    version: then.version,
    updatedMs: then.atMs ?? held.updatedMs,
    updatedBy: then.actor,
  };
  return { ...about, object: objectMessage(earlier, then.value, request) };
}

/** Of a deleted object: only its owner, services and operators may know that it was there. */
function lastVersion(caller: Caller, ref: Ref, version: number): number {
  return caller.role !== "player" || ref.owner === caller.id ? version : 0;
}

function whenOf({ moment }: Pick<GetRequest, "moment">): When | undefined {
  const asked = moment?.moment;
  if (asked?.case === "version") return { version: asked.value };
  return asked?.case === "atMs" ? { atMs: asked.value } : undefined;
}
