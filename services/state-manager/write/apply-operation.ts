import { ChangeOp, DeleteReason, type Operation } from "@orrery/schema/state/v1";
import { serviceErrors } from "@orrery/service";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import { appendItems } from "../value/append.ts";
import { readContent } from "../value/content.ts";
import { increment } from "../value/increment.ts";
import { applyPatch, type Step } from "../value/json-patch.ts";
import { mergePatch } from "../value/merge-patch.ts";
import { fromMessage } from "../value/message.ts";
import type { Value } from "../value/model.ts";
import { readSteps } from "../value/read-steps.ts";
import type { Author } from "./change.ts";
import type { Access, Draft } from "./draft.ts";
import type { Held } from "./held.ts";
import type { Ref } from "./reference.ts";

/** An operation that was read and found sound: only what it meets can stop it. */
export type Act =
  | { readonly kind: "put"; readonly value: Value; readonly access: Access }
  | { readonly kind: "merge"; readonly patch: Value }
  | { readonly kind: "patch"; readonly steps: readonly Step[] }
  | {
      readonly kind: "increment";
      readonly path: string;
      readonly by: Value;
      readonly min: number | undefined;
      readonly max: number | undefined;
    }
  | {
      readonly kind: "append";
      readonly path: string;
      readonly items: readonly Value[];
      readonly keepLast: number;
    }
  | { readonly kind: "delete" }
  | { readonly kind: "touch"; readonly expiresAt: number | undefined };

const KEEP_MOST = 1_000;

/** @throws STATE_SCHEMA, STATE_TOO_DEEP, STATE_PATCH, RPC_FIELD_INVALID */
export function readAct({ act }: Operation, ref: Ref): Act {
  switch (act.case) {
    case "put": {
      const { content, read, write } = act.value;
      return { kind: "put", value: readContent(content), access: { read, write } };
    }
    case "merge":
      return { kind: "merge", patch: readContent(act.value.patch) };
    case "patch":
      return { kind: "patch", steps: readSteps(act.value) };
    case "increment": {
      const { path, by, min, max } = act.value;
      return { kind: "increment", path, by: by === undefined ? 1n : fromMessage(by), min, max };
    }
    case "append": {
      const { path, items, keepLast } = act.value;
      if (keepLast > KEEP_MOST) invalid(`keep_last ${keepLast}, at most ${KEEP_MOST}`);
      return {
        kind: "append",
        path,
        items: items.map(readContent),
        keepLast: keepLast || Number.POSITIVE_INFINITY,
      };
    }
    case "delete":
      return { kind: "delete" };
    case "touch": {
      const { expiresMs, expiresGs } = act.value;
      return { kind: "touch", expiresAt: ref.world === PLATFORM ? expiresMs || undefined : expiresGs };
    }
    default:
      return invalid("an operation without an act");
  }
}

function invalid(given: string): never {
  throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given });
}

/**
 * @returns the object after it; undefined: it was not there and is not now
 * @throws STATE_NOT_FOUND, STATE_PATCH, STATE_RANGE, STATE_SCHEMA, STATE_TOO_LARGE, STATE_QUOTA
 */
export function applyAct(draft: Draft, ref: Ref, act: Act, author: Author): Held | undefined {
  const held = draft.get(ref);
  const there = held?.value;
  switch (act.kind) {
    case "put":
      return draft.set(ref, act.value, ChangeOp.PUT, author, act.access);
    case "merge":
      return draft.set(ref, mergePatch(there, act.patch), ChangeOp.MERGE, author);
    case "patch":
      return draft.set(ref, applyPatch(mustBe(ref, there), act.steps), ChangeOp.PATCH, author);
    case "increment":
      return draft.set(ref, increment(there, act), ChangeOp.INCREMENT, author);
    case "append":
      return draft.set(ref, appendItems(there, act), ChangeOp.APPEND, author);
    case "delete":
      return there === undefined ? held : draft.remove(held as Held, DeleteReason.DELETED, author);
    case "touch":
      mustBe(ref, there);
      return draft.touch(held as Held, act.expiresAt);
  }
}

function mustBe(ref: Ref, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new OrreryError(stateErrors.STATE_NOT_FOUND, {
    given: `${ref.collection.name}/${ref.key} of ${ref.owner || "nobody"}`,
  });
}
