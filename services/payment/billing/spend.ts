import { CheckoutStatus, PaymentStatus } from "@orrery/schema/payment/v1";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { paymentErrors } from "../errors.ts";
import { inWords } from "../money/exponents.ts";
import type { PaymentTables } from "../tables.ts";
import { readPayment } from "./known.ts";

type Db = Kysely<PaymentTables>;

/** When the calendar month of an instant began, UTC. */
export function monthOf(ms: number): number {
  const then = new Date(ms);
  return Date.UTC(then.getUTCFullYear(), then.getUTCMonth(), 1);
}

/** What a player has spent in a currency since then, and may be about to: what went back does not count. */
async function spentSince(db: Db, player: string, currency: string, sinceMs: number): Promise<number> {
  const paid = await db
    .selectFrom("provider_object")
    .selectAll()
    .where("player", "=", player)
    .where("kind", "=", "payment")
    .where("created_ms", ">=", sinceMs)
    .execute();
  const settled = paid
    .map(readPayment)
    .filter((payment) => payment.currency === currency && payment.status !== PaymentStatus.FAILED);
  const open = await db
    .selectFrom("checkout")
    .select(["id", "amount"])
    .where("player", "=", player)
    .where("currency", "=", currency)
    .where("status", "in", [CheckoutStatus.CREATED, CheckoutStatus.OPEN])
    .execute();
  // A payment may be heard of before its checkout is known to be over.
  const known = new Set(settled.map(({ checkoutId }) => checkoutId));
  const waiting = open.filter(({ id }) => !known.has(id)).reduce((sum, { amount }) => sum + amount, 0);
  return settled.reduce((sum, { amount, refunded }) => sum + amount - refunded, waiting);
}

/** @throws PAYMENT_SPEND_LIMIT */
export async function checkSpend(
  db: Db,
  { playerId, currency, amount }: { playerId: string; currency: string; amount: number },
  nowMs: number,
): Promise<void> {
  const row = await db
    .selectFrom("spend_limit")
    .select("amount")
    .where("player", "=", playerId)
    .where("currency", "=", currency)
    .executeTakeFirst();
  if (row === undefined) return;
  const spent = await spentSince(db, playerId, currency, monthOf(nowMs));
  if (spent + amount > row.amount)
    throw new OrreryError(paymentErrors.PAYMENT_SPEND_LIMIT, {
      given: `${inWords(currency, spent)} of ${inWords(currency, row.amount)} are spent or in open checkouts, ${inWords(currency, amount)} asked for`,
    });
}
