import { Payment, Product, Subscription, SubscriptionStatus } from "@orrery/schema/payment/v1";
import type { Kysely } from "kysely";
import type { ObjectRow, PaymentTables } from "../tables.ts";

type Db = Kysely<PaymentTables>;

export const readPayment = ({ body }: ObjectRow): Payment => Payment.decode(body) as Payment;
export const readSubscription = ({ body }: ObjectRow): Subscription =>
  Subscription.decode(body) as Subscription;

/** Whether nothing is asked for any more. */
export const isOver = ({ status }: Subscription): boolean => OVER.has(status as SubscriptionStatus);
/** Whether it asks for money again by itself. */
export const renews = (own: Subscription): boolean => !own.cancelAtPeriodEnd && !isOver(own);
const OVER: ReadonlySet<SubscriptionStatus> = new Set([
  SubscriptionStatus.CANCELED,
  SubscriptionStatus.INCOMPLETE_EXPIRED,
]);

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

/** What the till itself posted about something so far, on one account; and how often. */
export async function postedAbout(
  db: Db,
  till: string,
  subject: string,
  code: string,
  account: string,
): Promise<{ readonly amount: number; readonly times: number }> {
  const row = await db
    .selectFrom("entry")
    .innerJoin("leg", "leg.entry", "entry.id")
    .select(({ fn }) => [fn.sum<number>("leg.amount").as("amount"), fn.countAll<number>().as("times")])
    // Others name what they post by words of their own.
    .where("entry.actor", "=", till)
    .where("entry.subject", "=", subject)
    .where("entry.code", "=", code)
    .where("leg.account", "=", account)
    .executeTakeFirst();
  return { amount: Number(row?.amount ?? 0), times: Number(row?.times ?? 0) };
}
