import { createHash } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import {
  ChangeOp,
  type ConsumeRequest,
  ConsumeRequestSchema,
  ConsumeResponse,
} from "@orrery/schema/state/v1";
import { type Caller } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Registry } from "../collections/registry.ts";
import { stateErrors } from "../errors.ts";
import { answerOf } from "../write/answer.ts";
import type { Author } from "../write/change.ts";
import type { Draft } from "../write/draft.ts";
import type { Job } from "../write/job.ts";
import { book } from "./account.ts";
import { deliverWaiting } from "./grant.ts";
import { inventoryRef, keep, stacksOf } from "./inventory.ts";
import { readStacks, type Stack, stackMessage, take, type Taken } from "./stack.ts";
import { actorOf } from "../write/actor.ts";

/** @throws STATE_INVENTORY_SHORT */
export function takeAll(
  stacks: readonly Stack[],
  items: readonly Stack[],
  exact: boolean,
  owner: string,
): Taken {
  const taken = take(stacks, items, exact);
  const [short] = taken.missing;
  if (short === undefined) return taken;
  throw new OrreryError(stateErrors.STATE_INVENTORY_SHORT, {
    given: `${owner}: ${short.count} ${short.item} too few`,
  });
}

export function consumeJob(
  registry: Registry,
  request: ConsumeRequest,
  caller: Caller,
): Job<typeof ConsumeResponse> {
  const { worldId: world, owner, exact, idempotencyKey } = request;
  const ref = inventoryRef(registry, world, owner);
  const items = readStacks(request.items);
  const cause = request.cause && { publisher: request.cause.publisher, sequence: request.cause.sequence };
  const author: Author = { actor: actorOf(caller), requestKey: idempotencyKey, cause };

  function apply(draft: Draft) {
    const { stacks, taken } = takeAll(stacksOf(draft, ref), items, exact, owner);
    book(draft, world, owner, "consumed", taken);
    keep(draft, ref, stacks, ChangeOp.PATCH, author);
    deliverWaiting(draft, ref);
    return { stacks: stacksOf(draft, ref).map(stackMessage), version: draft.get(ref)?.version ?? 0 };
  }

  return {
    owner,
    yields: true,
    needs: { refs: [ref], accounts: [[world, owner]], waiting: [owner] },
    ...answerOf(caller, idempotencyKey, () =>
      createHash("sha256").update(toBinary(ConsumeRequestSchema, request)).digest("base64url"),
    ),
    reply: ConsumeResponse,
    apply,
  };
}
