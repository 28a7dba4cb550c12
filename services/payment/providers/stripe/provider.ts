import type { Kit } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type Stripe from "stripe";
import type { Config } from "../../config.ts";
import { paymentErrors } from "../../errors.ts";
import type { PaymentTables } from "../../tables.ts";
import type { Provider } from "../provider.ts";
import { openSession } from "./checkouts.ts";
import { readStripe } from "./read.ts";
import { asking, openSdk, type Sdk, settingsOf } from "./sdk.ts";
import { isFree, seenFree } from "./free.ts";
import { type Beside, idOfRef, seenCheckout, seenPayment, seenSubscription } from "./seen.ts";

export const STRIPE = "stripe";

const PAGE = 100;

/** Stripe, by its own library. @throws PAYMENT_PROVIDER_INCOMPLETE */
export async function stripeProvider(kit: Kit, config: Config): Promise<Provider> {
  const settings = settingsOf(config);
  const sdk = await openSdk(settings, config);
  const nowMs = () => Math.floor(kit.hostMs());
  return {
    name: STRIPE,
    nowMs,
    secrets: () => settings.secrets,
    read: readStripe,
    async openCheckout(order, key) {
      const session = await openSession(sdk, order, key, config.returnUrl);
      return { ref: session.id, url: session.url ?? "", expiresMs: session.expires_at * 1_000 };
    },
    portalLink: (playerId) => portalLink(kit, sdk, playerId, config.returnUrl),
    async checkout(ref) {
      const found = await asking(() => sdk.checkout.sessions.retrieve(ref), { instead: undefined });
      return found && seenCheckout(found);
    },
    async subscription(ref) {
      const expand = ["latest_invoice"];
      const found = await asking(() => sdk.subscriptions.retrieve(ref, { expand }), { instead: undefined });
      return found && seenSubscription(found);
    },
    async payment(ref) {
      if (isFree(ref)) {
        const session = await asking(() => sdk.checkout.sessions.retrieve(ref), { instead: undefined });
        return session && seenFree(session);
      }
      const expand = ["latest_charge"];
      const found = await asking(() => sdk.paymentIntents.retrieve(ref, { expand }), { instead: undefined });
      return found && seenPayment(found, await besideOf(sdk, ref));
    },
    cancel: (ref, now, key) => cancel(sdk, ref, now, key),
    refund: (ref, amount, id) => refundOnce(sdk, ref, amount, id),
    async *objects(sinceMs) {
      const created = { gte: Math.floor(sinceMs / 1_000) };
      const subscriptions = sdk.subscriptions.list({
        ...{ created, status: "all", limit: PAGE },
        expand: ["data.latest_invoice"],
      });
      for await (const own of walking(subscriptions))
        yield { kind: "subscription", object: seenSubscription(own) };
      const payments = sdk.paymentIntents.list({ created, limit: PAGE, expand: ["data.latest_charge"] });
      for await (const own of walking(payments))
        yield { kind: "payment", object: seenPayment(own, await besideOf(sdk, own.id)) };
      const sessions = sdk.checkout.sessions.list({ created, limit: PAGE, status: "complete" });
      for await (const own of walking(sessions)) {
        const free = seenFree(own);
        if (free !== undefined) yield { kind: "payment", object: free };
      }
    },
  };
}

async function* walking<T>(list: AsyncIterable<T>): AsyncGenerator<T> {
  const items = list[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await asking(() => items.next());
    if (done === true) return;
    yield value;
  }
}

async function besideOf(sdk: Sdk, ref: string): Promise<Beside> {
  const { data: disputes } = await asking(() => sdk.disputes.list({ payment_intent: ref }));
  const { data: paid } = await asking(() =>
    sdk.invoicePayments.list({
      payment: { type: "payment_intent", payment_intent: ref },
      expand: ["data.invoice"],
      limit: 1,
    }),
  );
  const invoice = paid[0]?.invoice;
  return {
    disputes,
    invoice: typeof invoice === "object" && !("deleted" in invoice) ? (invoice as Stripe.Invoice) : undefined,
  };
}

/** Stripe keeps a key for a day; what it did under ours before that is told by our id on it. */
async function refundOnce(sdk: Sdk, ref: string, amount: number, id: string): Promise<void> {
  const made = sdk.refunds.list({ payment_intent: ref, limit: PAGE });
  for await (const { metadata, status } of walking(made)) {
    if (metadata?.["refund_id"] !== id) continue;
    if (status !== "failed" && status !== "canceled") return;
    throw new OrreryError(paymentErrors.PAYMENT_PROVIDER_REFUSED, { given: `refund ${id} ${status}` });
  }
  const asked = { payment_intent: ref, amount, metadata: { refund_id: id } };
  await asking(() => sdk.refunds.create(asked, { idempotencyKey: `orrery-${id}` }));
}

async function cancel(sdk: Sdk, ref: string, now: boolean, key: string): Promise<void> {
  const options = { idempotencyKey: key };
  if (!now) {
    await asking(() => sdk.subscriptions.update(ref, { cancel_at_period_end: true }, options));
    return;
  }
  const known = await asking(() => sdk.subscriptions.retrieve(ref));
  if (known.status !== "canceled") await asking(() => sdk.subscriptions.cancel(ref, {}, options));
  // What was asked for and not paid is owed no more.
  for await (const { id } of walking(sdk.invoices.list({ subscription: ref, status: "open" })))
    if (id !== undefined)
      await asking(() => sdk.invoices.voidInvoice(id, {}, { idempotencyKey: `${key}-${id}` }));
}

/** @throws PAYMENT_UNKNOWN_PAYMENT where the player has paid nothing yet: the provider knows nobody then */
async function portalLink(kit: Kit, sdk: Sdk, player: string, returnUrl: string): Promise<string> {
  const rows = await kit.store
    .as<PaymentTables>()
    .selectFrom("checkout")
    .select("ref")
    .where("player", "=", player)
    .where("provider", "=", STRIPE)
    .where("ref", "!=", "")
    .orderBy("created_ms", "desc")
    .limit(5)
    .execute();
  for (const { ref } of rows) {
    const session = await asking(() => sdk.checkout.sessions.retrieve(ref), { instead: undefined });
    const customer = idOfRef(session?.customer);
    if (customer === "") continue;
    const portal = await asking(() => sdk.billingPortal.sessions.create({ customer, return_url: returnUrl }));
    return portal.url;
  }
  throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_PAYMENT, { given: `${player} has paid nothing yet` });
}
