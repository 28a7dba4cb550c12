import type { Codec, InitOf } from "@orrery/wire";
import type { Draft } from "./draft.ts";
import type { Ref } from "./reference.ts";
import type { Kysely } from "kysely";
import type { StateTables } from "../tables.ts";

/** What must be read before a job can be done. */
export interface Needs {
  readonly refs: readonly Ref[];
  /** World and grant key. */
  readonly grants?: readonly (readonly [string, string])[];
  /** World and owner, for their items' accounts. */
  readonly accounts?: readonly (readonly [string, string])[];
  /** Owners whose waiting grants may find room. */
  readonly waiting?: readonly string[];
}

/** One request that writes. */
export interface Job<C extends Codec = any> {
  /** Whose objects it writes: those of different owners take turns. */
  readonly owner: string;
  /** Writes of services give way to those of players. */
  readonly yields: boolean;
  readonly needs: Needs;
  /** The answer is kept under it for repeats; absent: a repeat is done again. */
  readonly answer?: { readonly caller: string; readonly key: string; readonly digest: string };
  readonly reply: C;
  /** Reads what only it knows of; the job then has a commit of its own. */
  readonly prepare?: (tx: Kysely<StateTables>, load: (needs: Needs) => Promise<void>) => Promise<void>;
  /** Does it all or throws. */
  apply(draft: Draft): InitOf<C>;
  /** More rows in the same transaction, when what `apply` did is written. Failing here undoes the whole commit. */
  readonly also?: (tx: Kysely<StateTables>) => Promise<void>;
  /** Right after its commit, before the next one. */
  readonly done?: () => void;
}
