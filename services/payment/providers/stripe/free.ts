import { DisputeStatus, type PaymentInit, PaymentStatus } from "@orrery/schema/payment/v1";
import type Stripe from "stripe";
import { ms, ours } from "./metadata.ts";

/** What was bought for nothing has no payment there: the page that was gone through stands for it. */
export const isFree = (ref: string): boolean => ref.startsWith("cs_");

/** Undefined: it was paid, or is not through. */
export function seenFree(own: Stripe.Checkout.Session): (PaymentInit & { ref: string }) | undefined {
  const { mode, status, payment_status: paid, currency } = own;
  if (mode !== "payment" || status !== "complete" || paid !== "no_payment_required") return undefined;
  return {
    ref: own.id,
    ...ours(own.metadata),
    subscriptionRef: "",
    currency: currency ?? "",
    amount: 0,
    refunded: 0,
    status: PaymentStatus.SUCCEEDED,
    dispute: DisputeStatus.NONE,
    createdMs: ms(own.created),
  };
}
