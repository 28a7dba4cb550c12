import { createHash } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  ChangeOp,
  GrantStatus,
  ItemGrant,
  ItemStackSchema,
  type RevokeRequest,
  RevokeRequestSchema,
  RevokeResponse,
} from "@orrery/schema/state/v1";
import { type Caller } from "@orrery/service";
import { encodeBytes, OrreryError } from "@orrery/wire";
import type { Registry } from "../collections/registry.ts";
import { stateErrors } from "../errors.ts";
import { answerOf } from "../write/answer.ts";
import type { Author } from "../write/change.ts";
import type { Draft } from "../write/draft.ts";
import type { Job } from "../write/job.ts";
import { grantName } from "../write/load.ts";
import { book } from "./account.ts";
import { deliverWaiting } from "./grant.ts";
import { inventoryRef, keep, stacksOf } from "./inventory.ts";
import { put, readStacks, type Stack, stackMessage, take } from "./stack.ts";
import { actorOf } from "../write/actor.ts";

/** What of a grant has not been taken back. */
function leftOf(items: readonly Stack[], revoked: readonly Stack[]): readonly Stack[] {
  return take(put([], items) ?? items, revoked, true).stacks;
}

/** @param owner of the grant, which never changes */
export function revokeJob(
  registry: Registry,
  request: RevokeRequest,
  owner: string,
  caller: Caller,
): Job<typeof RevokeResponse> {
  const { worldId: world, grantKey, idempotencyKey } = request;
  const ref = inventoryRef(registry, world, owner);
  const asked = request.items.length === 0 ? undefined : readStacks(request.items);
  const cause = request.cause && { publisher: request.cause.publisher, sequence: request.cause.sequence };
  const author: Author = { actor: actorOf(caller), requestKey: idempotencyKey || grantKey, cause };
  const name = grantName(world, grantKey);

  function apply(draft: Draft) {
    const row = draft.sheets.grants.get(name);
    if (row === undefined) throw new OrreryError(stateErrors.STATE_NOT_FOUND, { given: `grant ${grantKey}` });
    const grant = ItemGrant.decode(row.body);
    const before = stacksOf(draft, ref);
    if (row.waiting === 1) {
      const body = encodeBytes(ItemGrant, { ...grant, status: GrantStatus.REVOKED });
      draft.grant({ ...row, waiting: 0, body });
      return {
        grant: ItemGrant.decode(body),
        stacks: before.map(stackMessage),
        version: draft.get(ref)?.version ?? 0,
      };
    }
    const revoked = grant.revoked.length === 0 ? [] : readStacks(grant.revoked);
    const left = leftOf(readStacks(grant.items), revoked);
    const wanted = asked === undefined ? left : take(left, asked, true).taken;
    // The very stacks first; what was merged or made better since, by the item.
    const exact = take(before, wanted, true);
    const rest = take(exact.stacks, exact.missing, false);
    const taken = [...exact.taken, ...rest.taken];
    const stillLeft = leftOf(left, wanted);
    const whole = stillLeft.length === 0 && rest.missing.length === 0;
    // Booked as what was asked for, so that the rest can be asked for once more.
    const booked = put(revoked, take(wanted, rest.missing, true).stacks) ?? revoked;
    const body = encodeBytes(ItemGrant, {
      ...grant,
      status: whole ? GrantStatus.REVOKED : booked.length > 0 ? GrantStatus.PARTLY_REVOKED : grant.status,
      revoked: booked.map((stack) => create(ItemStackSchema, stackMessage(stack))),
    });
    draft.grant({ ...row, body });
    book(draft, world, owner, "revoked", taken);
    if (taken.length > 0) keep(draft, ref, rest.stacks, ChangeOp.PATCH, author);
    deliverWaiting(draft, ref);
    return {
      grant: ItemGrant.decode(body),
      missing: rest.missing.map(stackMessage),
      stacks: stacksOf(draft, ref).map(stackMessage),
      version: draft.get(ref)?.version ?? 0,
    };
  }

  return {
    owner,
    yields: true,
    needs: { refs: [ref], grants: [[world, grantKey]], accounts: [[world, owner]], waiting: [owner] },
    ...answerOf(caller, idempotencyKey, () =>
      createHash("sha256").update(toBinary(RevokeRequestSchema, request)).digest("base64url"),
    ),
    reply: RevokeResponse,
    apply,
  };
}
