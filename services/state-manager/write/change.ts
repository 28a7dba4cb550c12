import type { ChangeOp, DeleteReason } from "@orrery/schema/state/v1";
import type { EventId } from "@orrery/wire";
import type { Difference } from "../value/difference.ts";
import type { Held } from "./held.ts";

/** Who writes, and why. */
export interface Author {
  /** `player:ada`, `admin:ops`, `quest-system`. */
  readonly actor: string;
  /** Idempotency key of the call; may be empty. */
  readonly requestKey: string;
  readonly cause: EventId | undefined;
}

/** One change of one object, as it is committed, told and kept. */
export interface Made {
  /** As it is after the change. */
  readonly held: Held;
  readonly author: Author;
  readonly seq: number;
  readonly oldVersion: number;
  /** Undefined: a deletion. */
  readonly op: ChangeOp | undefined;
  readonly reason: DeleteReason | undefined;
  /** Undefined: more than 64 places. */
  readonly differences: readonly Difference[] | undefined;
  readonly event: EventId;
  readonly atMs: number;
}
