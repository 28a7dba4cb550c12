import { createHash } from "node:crypto";
import {
  type Precondition,
  type WriteRequest,
  WriteRequestSchema,
  WriteResponse,
} from "@orrery/schema/state/v1";
import { toBinary } from "@bufbuild/protobuf";
import { type Caller, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import type { Registry } from "../collections/registry.ts";
import { answerOf } from "./answer.ts";
import { applyAct, readAct } from "./apply-operation.ts";
import type { Author } from "./change.ts";
import type { Draft } from "./draft.ts";
import type { Held } from "./held.ts";
import type { Job } from "./job.ts";
import { checkWrite } from "./permission.ts";
import { type Ref, refOf } from "./reference.ts";
import { seqMarks } from "./seq-marks.ts";
import { actorOf } from "./actor.ts";

const OPERATIONS_MOST = 100;

/** All operations of a Write, or none. @throws what makes the request unsound before anything is read */
export function writeJob(
  registry: Registry,
  request: WriteRequest,
  caller: Caller,
  onConflict: (ref: Ref) => void,
): Job<typeof WriteResponse> {
  const { operations, worldId, idempotencyKey } = request;
  if (operations.length < 1 || operations.length > OPERATIONS_MOST)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `${operations.length} operations, 1..${OPERATIONS_MOST}`,
    });
  const own = caller.role === "player" ? caller.id : "";
  const parts = operations.map((operation) => {
    const id = operation.id && { ...operation.id, owner: operation.id.owner || own };
    const ref = refOf(registry, worldId, id);
    return { ref, act: readAct(operation, ref), precondition: operation.precondition };
  });
  const author: Author = {
    actor: actorOf(caller),
    requestKey: idempotencyKey,
    cause: request.cause && { publisher: request.cause.publisher, sequence: request.cause.sequence },
  };

  function apply(draft: Draft): InitOf<typeof WriteResponse> {
    for (const { ref } of parts) checkWrite(caller, ref, draft.get(ref));
    const losers = parts.flatMap(({ ref, precondition }, index) => {
      const held = draft.get(ref);
      if (holds(precondition, held)) return [];
      onConflict(ref);
      const id = { collection: ref.collection.name, owner: ref.owner, key: ref.key };
      return [{ index, id, version: held?.version ?? 0, absent: held?.value === undefined }];
    });
    if (losers.length > 0) return { losers };
    const written = parts.map(({ ref, act }) => {
      const before = draft.get(ref);
      const after = applyAct(draft, ref, act, author);
      return {
        id: { collection: ref.collection.name, owner: ref.owner, key: ref.key },
        version: after?.version ?? 0,
        changed: after?.seq !== before?.seq,
        deleted: after?.value === undefined,
      };
    });
    return {
      written,
      seqs: seqMarks(
        draft,
        parts.map(({ ref }) => ref),
      ),
    };
  }

  return {
    owner: parts[0]?.ref.owner ?? "",
    yields: caller.role !== "player",
    needs: { refs: parts.map(({ ref }) => ref) },
    ...answerOf(caller, idempotencyKey, () =>
      createHash("sha256").update(toBinary(WriteRequestSchema, request)).digest("base64url"),
    ),
    reply: WriteResponse,
    apply,
  };
}

function holds(precondition: Precondition | undefined, held: Held | undefined): boolean {
  const condition = precondition?.condition;
  const there = held?.value !== undefined;
  switch (condition?.case) {
    case "absent":
      return !there;
    case "exists":
      return there;
    case "version":
      return there && held.version === condition.value;
    default:
      return true;
  }
}
