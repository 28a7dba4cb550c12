import { OrreryError } from "@orrery/wire";
import { paymentErrors } from "../errors.ts";
import type { Draft, RowName } from "../commit/draft.ts";
import { Refusal } from "../commit/job.ts";
import { checkSame, type Command, idOf, isFinal, refusedAgain } from "../commit/once.ts";
import { ENTRY, LEG, WORLD } from "../store/rows.ts";
import type { EntryRow, LegRow } from "../tables.ts";
import type { Posted } from "./post.ts";

/** An entry before it is known what comes of it. */
export type Seed = EntryRow;

export interface LedgerCommand extends Command {
  readonly world: string;
  readonly code: string;
  readonly actor: string;
}

export const entryName = (command: Command): RowName => ({ table: ENTRY, key: [idOf("tx", command)] });

export const seedOf = (
  { world, code, actor, digest, requestKey }: LedgerCommand,
  { nowMs }: Draft,
): Seed => ({
  id: idOf("tx", { requestKey }),
  request_key: requestKey,
  ...{ digest, world, code, actor },
  seq: null,
  kind: 0,
  memo: "",
  subject: "",
  cause_publisher: "",
  cause_sequence: 0,
  reverses: "",
  reversed: 0,
  hold: "",
  at_ms: nowMs,
  refused: "",
  given: "",
});

/**
 * Does a command of a ledger, once for ever. What it came to is the entry under its key: a repeat is answered from that,
 * and a refusal that would be the same tomorrow is an entry too.
 * @param again what a repeat is answered, from the entry that was made
 */
export async function ledgerOnce<T>(
  draft: Draft,
  command: LedgerCommand,
  act: (seed: Seed) => Promise<T>,
  again: (entry: EntryRow) => Promise<T>,
): Promise<T | Refusal> {
  const seed = seedOf(command, draft);
  const known = await draft.get(ENTRY, seed.id);
  if (known !== undefined) {
    checkSame(known, command);
    return known.refused === "" ? again(known) : refusedAgain(known);
  }
  await checkWorld(draft, command.world);
  try {
    return await draft.attempt(() => act(seed));
  } catch (error) {
    if (!isFinal(error)) throw error;
    draft.put(ENTRY, { ...seed, refused: error.code, given: error.given ?? "" });
    return new Refusal(error);
  }
}

/** @throws PAYMENT_UNKNOWN_WORLD */
async function checkWorld(draft: Draft, world: string): Promise<void> {
  const row = await draft.get(WORLD, world);
  if (row === undefined || row.ended === 1)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_WORLD, { given: world });
}

/** The entry's transaction as it was posted. */
export async function postedBy(draft: Draft, entry: EntryRow): Promise<Posted> {
  const legs: LegRow[] = [];
  for (let position = 0; ; position++) {
    const leg = await draft.get(LEG, entry.id, position);
    if (leg === undefined) return { entry, legs };
    legs.push(leg);
  }
}
