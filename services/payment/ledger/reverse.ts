import { TransactionKind } from "@orrery/schema/payment/v1";
import { OrreryError } from "@orrery/wire";
import type { Draft } from "../commit/draft.ts";
import { paymentErrors } from "../errors.ts";
import type { Currency } from "../money/currencies.ts";
import { split } from "../money/share.ts";
import { ENTRY } from "../store/rows.ts";
import type { LegRow } from "../tables.ts";
import { postedBy, type Seed } from "./entry.ts";
import { post, type Posted } from "./post.ts";

/** @throws PAYMENT_UNKNOWN_TRANSACTION */
export async function transactionOf(draft: Draft, world: string, id: string): Promise<Posted> {
  const entry = await draft.get(ENTRY, id);
  if (entry === undefined || entry.world !== world || entry.seq === null)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_TRANSACTION, { given: `${id} in ${world}` });
  return postedBy(draft, entry);
}

/**
 * Moves back what a transaction moved, whole or in part; all parts together never more than it.
 * @param asked of its first leg, over 0; 0: all that is left
 * @throws PAYMENT_UNKNOWN_TRANSACTION, _ALREADY_REVERSED, _AMOUNT_RANGE, and what a transaction is refused for
 */
export async function reverse(
  draft: Draft,
  seed: Seed,
  order: { world: string; currency: Currency; txId: string; asked: number; memo: string },
): Promise<Posted> {
  const { world, currency, txId, asked, memo } = order;
  const { entry, legs } = await transactionOf(draft, world, txId);
  const whole = Math.abs(legs[0]?.amount ?? 0);
  const left = whole - entry.reversed;
  const amount = asked || left;
  if (!Number.isSafeInteger(amount) || amount < 0)
    throw new OrreryError(paymentErrors.PAYMENT_AMOUNT_RANGE, { given: String(amount) });
  if (amount > left || left === 0)
    throw new OrreryError(paymentErrors.PAYMENT_ALREADY_REVERSED, {
      given: `${amount} of ${left} left of ${txId}`,
    });
  const until = partOf(legs, whole, entry.reversed + amount);
  const before = partOf(legs, whole, entry.reversed);
  const back = legs
    .map(({ account: accountId }, at) => ({ accountId, amount: (before[at] ?? 0) - (until[at] ?? 0) }))
    .filter((leg) => leg.amount !== 0);
  draft.put(ENTRY, { ...entry, reversed: entry.reversed + amount });
  const about = { legs: back, memo: memo || entry.memo, reverses: txId, subject: entry.subject };
  return post(draft, seed, { world, currency, kind: TransactionKind.REVERSAL, ...about });
}

/**
 * What each leg comes to where so much of the first is reversed, by largest remainder on either side, so that the sum is
 * 0 and all parts of a whole reversal are the whole.
 */
function partOf(legs: readonly LegRow[], whole: number, reversed: number): number[] {
  const sides = [-1, 1].map((side) => {
    const weights = legs.map(({ amount }) => (Math.sign(amount) === side ? Math.abs(amount) : 0));
    const moved = weights.reduce((sum, weight) => sum + weight, 0);
    return { side, weights, moved };
  });
  const moved = sides[0]?.moved ?? 0;
  const total = Number((BigInt(moved) * BigInt(reversed)) / BigInt(whole));
  const parts = sides.map(({ weights, side }) => split(total, weights).map((part) => part * side));
  return legs.map((_, at) => (parts[0]?.[at] ?? 0) + (parts[1]?.[at] ?? 0));
}
