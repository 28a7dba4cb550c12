import { type Call, callerName } from "@orrery/service";
import type { Codec, InitOf } from "@orrery/wire";
import { book } from "../book.ts";
import type { Draft, RowName } from "../commit/draft.ts";
import type { Job } from "../commit/job.ts";
import { commandOf } from "../commit/once.ts";
import { entryName, ledgerOnce, type Seed } from "../ledger/entry.ts";
import { WORLD } from "../store/rows.ts";
import type { EntryRow } from "../tables.ts";

interface Keyed {
  readonly worldId: string;
  readonly idempotencyKey: string;
}

/** How a call of the wallet is done, and what a repeat of it is answered. */
export interface LedgerWork<T> {
  readonly code: string;
  readonly reads: readonly RowName[];
  act(draft: Draft, seed: Seed): Promise<T>;
  again(draft: Draft, entry: EntryRow): Promise<T>;
}

/** Does a call of the wallet once, under its caller's key. */
export function ledgerCall<C extends Codec, T>(
  call: Call,
  codec: C,
  request: InitOf<C> & Keyed,
  work: LedgerWork<T>,
): Promise<T> {
  const { worldId: world } = request;
  const actor = callerName(call.caller);
  const own = commandOf(codec.typeName, [world, actor], codec, request);
  const command = { ...own, world, actor, code: work.code };
  const job: Job<T> = {
    worlds: [world],
    reads: [{ table: WORLD, key: [world] }, entryName(own), ...work.reads],
    run: (draft) =>
      ledgerOnce(
        draft,
        command,
        (seed) => work.act(draft, seed),
        (entry) => work.again(draft, entry),
      ),
  };
  return call.part(book).submit(job);
}
