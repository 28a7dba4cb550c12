import {
  CheckoutStatus,
  DisputeStatus,
  type PaymentInit,
  PaymentStatus,
  type SubscriptionInit,
  SubscriptionStatus,
} from "@orrery/schema/payment/v1";
import type Stripe from "stripe";
import type { CheckoutLook, ObjectRef } from "../provider.ts";
import { seenFree } from "./free.ts";
import { ms, ours } from "./metadata.ts";

type Ref = string | { readonly id: string } | null | undefined;
export const idOfRef = (ref: Ref): string => (typeof ref === "string" ? ref : (ref?.id ?? ""));

const STATUSES: ReadonlyMap<string, SubscriptionStatus> = new Map(
  Object.entries(SubscriptionStatus).map(([name, value]) => [name.toLowerCase(), value]),
);

/** @param own with its `latest_invoice` */
export function seenSubscription(own: Stripe.Subscription): SubscriptionInit & { ref: string } {
  const invoice = typeof own.latest_invoice === "string" ? undefined : own.latest_invoice;
  const isPastDue = own.status === "past_due";
  return {
    ref: own.id,
    ...ours(own.metadata),
    status: STATUSES.get(own.status) ?? SubscriptionStatus.UNSPECIFIED,
    createdMs: ms(own.created),
    // A period is that of what was bought; of several the one that ends first.
    periodEndMs: ms(Math.min(...own.items.data.map((item) => item.current_period_end))),
    cancelAtPeriodEnd: own.cancel_at_period_end,
    // An invoice is tried for the first time when it is finalised.
    firstFailureMs: isPastDue ? ms(invoice?.status_transitions.finalized_at ?? invoice?.created) : 0,
    endedMs: ms(own.ended_at),
    periodPaid: invoice?.status === "paid",
  };
}

/** Disputes that have taken the money, or may. */
const DISPUTES: ReadonlyMap<string, DisputeStatus> = new Map([
  ["warning_needs_response", DisputeStatus.INQUIRY],
  ["warning_under_review", DisputeStatus.INQUIRY],
  ["warning_closed", DisputeStatus.NONE],
  ["prevented", DisputeStatus.NONE],
  ["needs_response", DisputeStatus.WITHDRAWN],
  ["under_review", DisputeStatus.WITHDRAWN],
  ["appeal_needs_response", DisputeStatus.WITHDRAWN],
  ["appeal_under_review", DisputeStatus.WITHDRAWN],
  ["won", DisputeStatus.WON],
  ["lost", DisputeStatus.LOST],
]);

function paymentStatus(own: Stripe.PaymentIntent): PaymentStatus {
  if (own.status === "succeeded") return PaymentStatus.SUCCEEDED;
  const failed = own.status === "canceled" || own.last_payment_error !== null;
  return failed && own.status !== "processing" ? PaymentStatus.FAILED : PaymentStatus.PENDING;
}

/** Of what else a payment is part. */
export interface Beside {
  readonly disputes: readonly Stripe.Dispute[];
  /** That it paid, if it paid one. */
  readonly invoice: Stripe.Invoice | undefined;
}

/** @param own with its `latest_charge` */
export function seenPayment(
  own: Stripe.PaymentIntent,
  { disputes, invoice }: Beside,
): PaymentInit & { ref: string } {
  const charge = typeof own.latest_charge === "string" ? undefined : own.latest_charge;
  const parent = invoice?.parent?.subscription_details;
  const about = ours(own.metadata);
  const newest = [...disputes].sort((one, other) => other.created - one.created)[0];
  return {
    ref: own.id,
    ...(about.playerId === "" ? ours(parent?.metadata) : about),
    subscriptionRef: idOfRef(parent?.subscription),
    currency: own.currency,
    amount: own.status === "succeeded" ? own.amount_received : own.amount,
    refunded: charge?.amount_refunded ?? 0,
    status: paymentStatus(own),
    dispute:
      newest === undefined ? DisputeStatus.NONE : (DISPUTES.get(newest.status) ?? DisputeStatus.WITHDRAWN),
    createdMs: ms(own.created),
  };
}

export function seenCheckout(own: Stripe.Checkout.Session): CheckoutLook {
  const about: ObjectRef[] = [];
  const subscription = idOfRef(own.subscription);
  const payment = idOfRef(own.payment_intent);
  if (subscription !== "") about.push({ kind: "subscription", ref: subscription });
  if (payment !== "") about.push({ kind: "payment", ref: payment });
  if (seenFree(own) !== undefined) about.push({ kind: "payment", ref: own.id });
  const status =
    own.status === "complete"
      ? CheckoutStatus.COMPLETED
      : own.status === "expired"
        ? CheckoutStatus.EXPIRED
        : CheckoutStatus.OPEN;
  return { status, about };
}
