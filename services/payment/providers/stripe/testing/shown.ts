import { CheckoutStatus, DisputeStatus, PaymentStatus, SubscriptionStatus } from "@orrery/schema/payment/v1";
import type { BankCheckout, BankPayment, BankState, BankSubscription } from "../../local/state.ts";

/* Objects of the local bank as Stripe's API shows them: as much of them as is read. */

const seconds = (ms: number) => (ms === 0 ? null : Math.floor(ms / 1_000));

const wordIn = (words: Readonly<Record<string, number>>, value: number) =>
  Object.keys(words)
    .find((word) => words[word] === value)
    ?.toLowerCase();

const metadataOf = (own: { playerId: string; productId: string; checkoutId: string }) => ({
  player_id: own.playerId,
  product_id: own.productId,
  checkout_id: own.checkoutId,
});

const isFree = ({ order: { amount, discount, recurring } }: BankCheckout) =>
  !recurring && amount <= (discount?.amountOff ?? 0);

export const showCheckout = (own: BankCheckout) => ({
  id: own.ref,
  object: "checkout.session",
  mode: own.order.recurring ? "subscription" : "payment",
  payment_status: isFree(own) ? "no_payment_required" : own.paymentRef === "" ? "unpaid" : "paid",
  metadata: metadataOf(own.order),
  currency: own.order.currency,
  created: seconds(own.expiresMs - 3_600_000),
  status:
    { [CheckoutStatus.COMPLETED]: "complete", [CheckoutStatus.EXPIRED]: "expired" }[own.status as 3 | 4] ??
    "open",
  url: `https://pay.invalid/${own.ref}`,
  expires_at: Math.floor(own.expiresMs / 1_000),
  subscription: own.subscriptionRef || null,
  // Of a subscription the payment is found by its invoice.
  payment_intent: own.order.recurring || isFree(own) ? null : own.paymentRef || null,
  customer: own.status === CheckoutStatus.COMPLETED ? `cus_${own.ref}` : null,
});

export function showInvoice(own: BankSubscription) {
  const open = own.status === SubscriptionStatus.PAST_DUE || own.status === SubscriptionStatus.UNPAID;
  return {
    id: `in_${own.ref}_${own.periods}`,
    object: "invoice",
    status: open ? "open" : own.periodPaid ? "paid" : "void",
    created: seconds(own.firstFailureMs || own.createdMs),
    status_transitions: { finalized_at: seconds(own.firstFailureMs || own.createdMs) },
    parent: { subscription_details: { subscription: own.ref, metadata: metadataOf(own) } },
  };
}

export const showSubscription = (own: BankSubscription) => ({
  id: own.ref,
  object: "subscription",
  status: wordIn(SubscriptionStatus, own.status),
  metadata: metadataOf(own),
  created: seconds(own.createdMs),
  items: { data: [{ current_period_end: seconds(own.periodEndMs) }] },
  cancel_at_period_end: own.cancelAtPeriodEnd,
  ended_at: seconds(own.endedMs),
  latest_invoice: showInvoice(own),
});

export const showPayment = (own: BankPayment) => ({
  id: own.ref,
  object: "payment_intent",
  status:
    { [PaymentStatus.SUCCEEDED]: "succeeded", [PaymentStatus.FAILED]: "requires_payment_method" }[
      own.status as 2 | 3
    ] ?? "processing",
  last_payment_error: own.status === PaymentStatus.FAILED ? { code: "payment_failed" } : null,
  // A period's payment says nothing of whose it is.
  metadata: own.subscriptionRef === "" ? metadataOf(own) : {},
  currency: own.currency,
  amount: own.amount,
  amount_received: own.status === PaymentStatus.SUCCEEDED ? own.amount : 0,
  created: seconds(own.createdMs),
  latest_charge: { id: `ch_${own.ref}`, amount_refunded: own.refunded },
});

const DISPUTES: ReadonlyMap<DisputeStatus, string> = new Map([
  [DisputeStatus.INQUIRY, "warning_needs_response"],
  [DisputeStatus.WITHDRAWN, "needs_response"],
  [DisputeStatus.WON, "won"],
  [DisputeStatus.LOST, "lost"],
]);

export const showDisputes = ({ ref, dispute, createdMs }: BankPayment) => {
  const status = DISPUTES.get(dispute);
  return status === undefined ? [] : [{ id: `dp_${ref}`, status, created: seconds(createdMs) }];
};

export function showInvoicePayments(state: BankState, { subscriptionRef }: BankPayment) {
  const parent = state.subscriptions.get(subscriptionRef);
  return parent === undefined ? [] : [{ id: `inpay_${parent.ref}`, invoice: showInvoice(parent) }];
}
