import { createHash } from "node:crypto";
import {
  ChangeOp,
  type GrantRequest,
  GrantResponse,
  GrantStatus,
  ItemGrant,
  type ItemGrantInit,
} from "@orrery/schema/state/v1";
import { serviceErrors } from "@orrery/service";
import { encodeBytes, OrreryError } from "@orrery/wire";
import type { Registry } from "../collections/registry.ts";
import { stateErrors } from "../errors.ts";
import type { GrantRow } from "../tables.ts";
import { encodeValue } from "../value/message.ts";
import type { Author } from "../write/change.ts";
import type { Draft } from "../write/draft.ts";
import type { Job } from "../write/job.ts";
import { grantName } from "../write/load.ts";
import type { Ref } from "../write/reference.ts";
import { book } from "./account.ts";
import { inventoryRef, keep, stacksOf } from "./inventory.ts";
import { put, readStacks, type Stack, stackMessage, valueOf } from "./stack.ts";

const KEY_LENGTH = { least: 8, most: 200 };
const PENDING_MOST = 100;

/** Gives items once per grant key, for ever. */
export function grantJob(
  registry: Registry,
  request: GrantRequest,
  actor: string,
): Job<typeof GrantResponse> {
  const { worldId: world, owner, grantKey: key } = request;
  if (key.length < KEY_LENGTH.least || key.length > KEY_LENGTH.most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `grant_key of ${key.length} characters, 8..200`,
    });
  const ref = inventoryRef(registry, world, owner);
  const items = readStacks(request.items);
  const digest = createHash("sha256")
    .update(owner)
    .update("\u0000")
    .update(encodeValue(valueOf(items)))
    .digest("base64url");
  const cause = request.cause && { publisher: request.cause.publisher, sequence: request.cause.sequence };
  const author: Author = { actor, requestKey: key, cause };

  function apply(draft: Draft) {
    const known = draft.sheets.grants.get(grantName(world, key));
    if (known !== undefined) {
      if (known.digest !== digest) throw new OrreryError(stateErrors.STATE_GRANT_REUSED, { given: key });
      return { grant: ItemGrant.decode(known.body) };
    }
    const room = put(stacksOf(draft, ref), items);
    const waits = room === undefined;
    if (waits && (!request.mayWait || draft.waiting(owner).length >= PENDING_MOST))
      throw new OrreryError(stateErrors.STATE_INVENTORY_FULL, { given: `${owner}, grant ${key}` });
    const version = room === undefined ? 0 : deliver(draft, ref, room, items, author);
    const grant: ItemGrantInit = {
      grantKey: key,
      owner,
      items: items.map(stackMessage),
      source: request.source,
      status: waits ? GrantStatus.PENDING : GrantStatus.GRANTED,
      atMs: draft.nowMs,
      version,
      ...(cause && { cause }),
    };
    const row: GrantRow = {
      world,
      grant_key: key,
      owner,
      digest,
      waiting: Number(waits),
      at_ms: draft.nowMs,
      told: draft.told(world),
      body: encodeBytes(ItemGrant, grant),
    };
    draft.grant(row);
    if (waits) draft.waiting(owner).push(grantName(world, key));
    return { grant };
  }

  return {
    owner,
    yields: true,
    needs: { refs: [ref], grants: [[world, key]], accounts: [[world, owner]], waiting: [owner] },
    reply: GrantResponse,
    apply,
  };
}

function deliver(
  draft: Draft,
  ref: Ref,
  room: readonly Stack[],
  items: readonly Stack[],
  author: Author,
): number {
  book(draft, ref.world, ref.owner, "granted", items);
  return keep(draft, ref, room, ChangeOp.GRANT, author).version;
}

/** Gives an owner's waiting grants, oldest first, as far as there is room for each. */
export function deliverWaiting(draft: Draft, ref: Ref): void {
  for (const name of draft.waiting(ref.owner)) {
    const row = draft.sheets.grants.get(name);
    if (row === undefined || row.waiting === 0 || row.world !== ref.world) continue;
    const grant = ItemGrant.decode(row.body);
    const items = readStacks(grant.items);
    const room = put(stacksOf(draft, ref), items);
    if (room === undefined) return;
    const author = { actor: grant.source, requestKey: grant.grantKey, cause: undefined };
    const version = deliver(draft, ref, room, items, author);
    const body = encodeBytes(ItemGrant, { ...grant, status: GrantStatus.GRANTED, version });
    draft.grant({ ...row, waiting: 0, body });
  }
}
