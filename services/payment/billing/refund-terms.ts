import type { Payment } from "@orrery/schema/payment/v1";
import type { Kysely } from "kysely";
import type { PaymentTables, RefundRow } from "../tables.ts";

/*
 * A refund of ours:
 *
 *   ASKED     it is decided, and the provider may or may not have done it: it is asked until that is known, for as long
 *             as it takes, and under an id by which the provider finds what it did
 *   DONE      the money went back, and its subscription ends as was said
 *   REFUSED   the provider did not do it, and never will: nothing is kept and nothing ends for it
 */
export const RefundState = { ASKED: 1, DONE: 2, REFUSED: 3 } as const;

/** What operators said about money that went back. */
export interface RefundTerms {
  /** Of what was refunded, how much the player keeps the purchase for. */
  readonly kept: number;
  /** Asked for, and not seen at the provider yet. */
  readonly onItsWay: number;
  /** When its subscription ends by an operator's word, by the provider's clock; 0: nobody said so. */
  readonly endMs: number;
  /** Of the newest; 0: nobody gave one. */
  readonly reason: number;
  /** Of the newest. */
  readonly keeps: boolean;
}

const total = (rows: readonly RefundRow[]) => rows.reduce((sum, { amount }) => sum + amount, 0);

/** @param payment as the provider shows it now */
export function termsOf(payment: Pick<Payment, "refunded">, rows: readonly RefundRow[]): RefundTerms {
  const standing = rows.filter(({ state }) => state !== RefundState.REFUSED);
  const done = standing.filter(({ state }) => state === RefundState.DONE);
  const asked = standing.filter(({ state }) => state === RefundState.ASKED);
  // What went back beyond all that is done is what was asked for, as far as it reaches.
  const beyond = Math.max(0, payment.refunded - total(done));
  const keeping = (some: readonly RefundRow[]) => total(some.filter(({ keep }) => keep === 1));
  const ends = payment.refunded === 0 ? [] : done.flatMap(({ end_ms: ms }) => (ms > 0 ? [ms] : []));
  const newest = standing.at(-1);
  return {
    kept: Math.min(payment.refunded, keeping(done) + Math.min(keeping(asked), beyond)),
    onItsWay: Math.max(0, total(asked) - beyond),
    endMs: ends.length === 0 ? 0 : Math.min(...ends),
    reason: newest?.reason ?? 0,
    keeps: newest?.keep === 1,
  };
}

/** Oldest first. */
export const refundsOf = (db: Kysely<PaymentTables>, payments: readonly string[]): Promise<RefundRow[]> =>
  payments.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom("refund")
        .selectAll()
        .where("payment", "in", [...payments])
        .orderBy("at_ms")
        .orderBy("id")
        .execute();

/** When a subscription ends because a refund of one of its payments said so; 0: none did. */
export async function cutBy(db: Kysely<PaymentTables>, payments: readonly Payment[]): Promise<number> {
  const rows = await refundsOf(
    db,
    payments.map(({ ref }) => ref),
  );
  const ends = payments
    .map((own) =>
      termsOf(
        own,
        rows.filter(({ payment }) => payment === own.ref),
      ),
    )
    .flatMap(({ endMs }) => (endMs > 0 ? [endMs] : []));
  return ends.length === 0 ? 0 : Math.min(...ends);
}
