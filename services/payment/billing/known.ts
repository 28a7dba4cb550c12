import { Payment, Product, Subscription } from "@orrery/schema/payment/v1";
import type { Kysely } from "kysely";
import type { ObjectRow, PaymentTables } from "../tables.ts";

type Db = Kysely<PaymentTables>;

export const readPayment = ({ body }: ObjectRow): Payment => Payment.decode(body) as Payment;
export const readSubscription = ({ body }: ObjectRow): Subscription =>
  Subscription.decode(body) as Subscription;

export async function productOf(db: Db, id: string): Promise<Product | undefined> {
  const row = await db.selectFrom("product").select("body").where("id", "=", id).executeTakeFirst();
  return row && (Product.decode(row.body) as Product);
}

export async function objectOf(
  db: Db,
  provider: string,
  kind: string,
  ref: string,
): Promise<ObjectRow | undefined> {
  return db
    .selectFrom("provider_object")
    .selectAll()
    .where("provider", "=", provider)
    .where("kind", "=", kind)
    .where("ref", "=", ref)
    .executeTakeFirst();
}

/** Payments of a subscription, oldest first. */
export async function paymentsOf(db: Db, provider: string, subscription: string): Promise<Payment[]> {
  const rows = await db
    .selectFrom("provider_object")
    .selectAll()
    .where("provider", "=", provider)
    .where("kind", "=", "payment")
    .where("parent", "=", subscription)
    .orderBy("created_ms")
    .execute();
  return rows.map(readPayment);
}

/** Of what was refunded, how much the player keeps the purchase for. */
export async function keptFor(db: Db, payment: string): Promise<number> {
  const row = await db
    .selectFrom("refund")
    .select(({ fn }) => fn.sum<number>("amount").as("amount"))
    .where("payment", "=", payment)
    .where("keep", "=", 1)
    .executeTakeFirst();
  return Number(row?.amount ?? 0);
}

/** What was posted about something so far, on one account; and how often. */
export async function postedAbout(
  db: Db,
  subject: string,
  code: string,
  account: string,
): Promise<{ readonly amount: number; readonly times: number }> {
  const row = await db
    .selectFrom("entry")
    .innerJoin("leg", "leg.entry", "entry.id")
    .select(({ fn }) => [fn.sum<number>("leg.amount").as("amount"), fn.countAll<number>().as("times")])
    .where("entry.subject", "=", subject)
    .where("entry.code", "=", code)
    .where("leg.account", "=", account)
    .executeTakeFirst();
  return { amount: Number(row?.amount ?? 0), times: Number(row?.times ?? 0) };
}

/** When a subscription ends because a refund of one of its payments said so; 0: none did. */
export async function cutBy(db: Db, payments: readonly Payment[]): Promise<number> {
  const back = payments.filter(({ refunded }) => refunded > 0).map(({ ref }) => ref);
  if (back.length === 0) return 0;
  const row = await db
    .selectFrom("refund")
    .select(({ fn }) => fn.min<number>("end_ms").as("ms"))
    .where("payment", "in", back)
    .where("end_ms", ">", 0)
    .executeTakeFirst();
  return Number(row?.ms ?? 0);
}
