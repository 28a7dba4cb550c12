import { createHash } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import {
  ChangeOp,
  type TransferItemsRequest,
  TransferItemsRequestSchema,
  TransferItemsResponse,
} from "@orrery/schema/state/v1";
import { type Caller, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Registry } from "../collections/registry.ts";
import { stateErrors } from "../errors.ts";
import { answerOf } from "../write/answer.ts";
import type { Author } from "../write/change.ts";
import type { Draft } from "../write/draft.ts";
import type { Job } from "../write/job.ts";
import { book } from "./account.ts";
import { takeAll } from "./consume.ts";
import { deliverWaiting } from "./grant.ts";
import { inventoryRef, keep, stacksOf } from "./inventory.ts";
import { put, readStacks, stackMessage } from "./stack.ts";
import { actorOf } from "../write/actor.ts";

/** Items go from one owner to another, in one commit. */
export function transferJob(
  registry: Registry,
  request: TransferItemsRequest,
  caller: Caller,
): Job<typeof TransferItemsResponse> {
  const { worldId: world, from, to, exact, idempotencyKey } = request;
  if (from === to)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `from ${from} to themselves` });
  const [giver, taker] = [inventoryRef(registry, world, from), inventoryRef(registry, world, to)];
  const items = readStacks(request.items);
  const cause = request.cause && { publisher: request.cause.publisher, sequence: request.cause.sequence };
  const author: Author = { actor: actorOf(caller), requestKey: idempotencyKey, cause };

  function apply(draft: Draft) {
    const { stacks, taken } = takeAll(stacksOf(draft, giver), items, exact, from);
    const room = put(stacksOf(draft, taker), taken);
    if (room === undefined) throw new OrreryError(stateErrors.STATE_INVENTORY_FULL, { given: to });
    book(draft, world, from, "transferred_out", taken);
    book(draft, world, to, "transferred_in", taken);
    keep(draft, giver, stacks, ChangeOp.PATCH, author);
    keep(draft, taker, room, ChangeOp.PATCH, author);
    deliverWaiting(draft, giver);
    return {
      fromStacks: stacksOf(draft, giver).map(stackMessage),
      toStacks: stacksOf(draft, taker).map(stackMessage),
      fromVersion: draft.get(giver)?.version ?? 0,
      toVersion: draft.get(taker)?.version ?? 0,
    };
  }

  return {
    owner: from,
    yields: true,
    needs: {
      refs: [giver, taker],
      accounts: [
        [world, from],
        [world, to],
      ],
      waiting: [from],
    },
    ...answerOf(caller, idempotencyKey, () =>
      createHash("sha256").update(toBinary(TransferItemsRequestSchema, request)).digest("base64url"),
    ),
    reply: TransferItemsResponse,
    apply,
  };
}
