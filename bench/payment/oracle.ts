import { DisputeStatus, PaymentStatus, SubscriptionStatus } from "@orrery/schema/payment/v1";
import type { StripeDouble } from "@orrery/payment/double";
import type { Lived } from "./life.ts";

/** What a player is to have, from what the provider knows and the player did: written apart from the service. */
export interface Owed {
  readonly tokens: number;
  readonly founder: boolean;
  /** 1 free, 2 premium, 3 patron. */
  readonly tier: number;
}

const TOKENS = 500;
const TIERS: Readonly<Record<string, number>> = { "premium-month": 2, "patron-month": 3 };

export function owed({ state }: StripeDouble, { player, spent, kept, cut }: Lived, nowMs: number): Owed {
  const payments = [...state.payments.values()].filter(({ playerId }) => playerId === player);
  const taken = (dispute: DisputeStatus) =>
    dispute === DisputeStatus.WITHDRAWN || dispute === DisputeStatus.LOST;
  let tokens = -spent;
  let founder = false;
  for (const { ref, productId, status, amount, refunded, dispute } of payments) {
    if (status !== PaymentStatus.SUCCEEDED || taken(dispute)) continue;
    const gone = refunded - (kept.get(ref) ?? 0);
    if (productId === "tokens-500") tokens += TOKENS - Math.floor((TOKENS * gone) / amount);
    if (productId === "founder") founder ||= gone < amount;
  }
  let tier = 1;
  for (const { ref, playerId, productId, status, periodPaid, periodEndMs } of state.subscriptions.values()) {
    if (playerId !== player || cut.has(ref)) continue;
    if (payments.some((payment) => payment.subscriptionRef === ref && taken(payment.dispute))) continue;
    const runs = status === SubscriptionStatus.ACTIVE || status === SubscriptionStatus.PAST_DUE;
    const paidOut = status === SubscriptionStatus.CANCELED && periodPaid && periodEndMs > nowMs;
    if (runs || paidOut) tier = Math.max(tier, TIERS[productId] ?? 1);
  }
  return { tokens, founder, tier };
}

/** Real money that came in and did not go back, by currency. */
export function takings({ state }: StripeDouble): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { currency, status, amount, refunded, dispute } of state.payments.values()) {
    if (status !== PaymentStatus.SUCCEEDED) continue;
    const isTaken = dispute === DisputeStatus.WITHDRAWN || dispute === DisputeStatus.LOST;
    sums.set(currency, (sums.get(currency) ?? 0) + (isTaken ? 0 : amount - refunded));
  }
  return sums;
}
