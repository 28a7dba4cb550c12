import type { OrreryError } from "@orrery/wire";
import type { Draft, RowName } from "./draft.ts";

/** One request that writes. */
export interface Job<T> {
  /** Worlds in which it may tell something. */
  readonly worlds: readonly string[];
  /** Rows that it will want, as far as that is known. */
  readonly reads?: readonly RowName[];
  /** Asks the database beyond single rows: it then has a commit of its own. */
  readonly alone?: boolean;
  /** Does it all or throws. */
  run(draft: Draft): Promise<T | Refusal>;
}

/** A refusal that is written down: the call fails, and what was put before stands. */
export class Refusal {
  readonly error: OrreryError;
  constructor(error: OrreryError) {
    this.error = error;
  }
}
