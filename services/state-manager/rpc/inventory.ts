import {
  type ConsumeRequest,
  type GrantRequest,
  ItemGrant,
  type ListInventoryRequest,
  type ListInventoryResponse,
  type RevokeRequest,
  type TransferItemsRequest,
} from "@orrery/schema/state/v1";
import { type Call } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { stateErrors } from "../errors.ts";
import { grantLevels, seesGrant } from "../fork/grants.ts";
import { consumeJob } from "../inventory/consume.ts";
import { grantJob } from "../inventory/grant.ts";
import { inventoryRef } from "../inventory/inventory.ts";
import { opening } from "../inventory/opening.ts";
import { revokeJob } from "../inventory/revoke.ts";
import { stackMessage, stacksIn } from "../inventory/stack.ts";
import { transferJob } from "../inventory/transfer.ts";
import { objects } from "../objects.ts";
import { readObject } from "../read/read-object.ts";
import type { StateTables } from "../tables.ts";
import { actorOf } from "../write/actor.ts";

export function grant(request: GrantRequest, call: Call) {
  const job = grantJob(call.part(collections), request, actorOf(call.caller));
  return call.part(objects).submit(job, call.signal);
}

export async function revoke(request: RevokeRequest, call: Call) {
  const { forks } = call.part(objects).ground;
  const rows = await call.kit.store
    .as<StateTables>()
    .selectFrom("item_grant")
    .selectAll()
    .where(
      "world",
      "in",
      grantLevels(forks, request.worldId).map(({ world }) => world),
    )
    .where("grant_key", "=", request.grantKey)
    .execute();
  const row = seesGrant(forks, request.worldId, (world) => rows.find((own) => own.world === world));
  if (row === undefined)
    throw new OrreryError(stateErrors.STATE_NOT_FOUND, { given: `grant ${request.grantKey}` });
  const job = revokeJob(call.part(collections), request, row.owner, call.caller);
  return call.part(objects).submit(job, call.signal);
}

export function consume(request: ConsumeRequest, call: Call) {
  return call.part(objects).submit(consumeJob(call.part(collections), request, call.caller), call.signal);
}

export function transferItems(request: TransferItemsRequest, call: Call) {
  return call.part(objects).submit(transferJob(call.part(collections), request, call.caller), call.signal);
}

export async function listInventory(
  request: ListInventoryRequest,
  call: Call,
): Promise<InitOf<typeof ListInventoryResponse>> {
  const { worldId: world } = request;
  const owner = request.owner || (call.caller.role === "player" ? call.caller.id : "");
  const ref = inventoryRef(call.part(collections), world, owner);
  const { held } = await readObject(call.kit, call.part(objects), ref);
  const stacks = stacksIn(held?.value);
  const about = { stacks: stacks.map(stackMessage), version: held?.version ?? 0 };
  if (!request.full) return about;
  const db = call.kit.store.as<StateTables>();
  const accounts = await db
    .selectFrom("item_account")
    .selectAll()
    .where("world", "=", world)
    .where("owner", "=", owner)
    .orderBy("item")
    .execute();
  // What a fork began with, and has not changed, is booked nowhere yet.
  const booked = new Set(accounts.map(({ item }) => item));
  const opened = held?.id === 0 ? opening(world, owner, held.value) : [];
  const waiting = await db
    .selectFrom("item_grant")
    .select("body")
    .where("owner", "=", owner)
    .where("waiting", "=", 1)
    .where("world", "=", world)
    .orderBy("at_ms")
    .execute();
  const heldOf = (item: string) =>
    stacks.reduce((sum, stack) => sum + (stack.item === item ? stack.count : 0), 0);
  return {
    ...about,
    accounts: [...accounts, ...opened.filter(({ item }) => !booked.has(item))].map((row) => ({
      itemId: row.item,
      granted: row.granted,
      transferredIn: row.transferred_in,
      consumed: row.consumed,
      revoked: row.revoked,
      transferredOut: row.transferred_out,
      held: heldOf(row.item),
    })),
    pending: waiting.map(({ body }) => ItemGrant.decode(body)),
  };
}
