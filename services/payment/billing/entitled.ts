import {
  DisputeStatus,
  EntitlementReason,
  EntitlementSource,
  EntitlementState,
  type Payment,
  PaymentStatus,
  type Product,
  ProductKind,
  type Subscription,
  SubscriptionStatus,
  Tier,
} from "@orrery/schema/payment/v1";

/*
 * What an object of the provider entitles to. It is a function of that object as it was looked at and of when that look
 * began, and of nothing else: not of webhooks, their number or order, and not of what it was before.
 *
 *   incomplete, paused             nothing
 *   trialing, active               ACTIVE until the period ends and an hour more, in which the renewal is heard of.
 *                                  A look after that which still finds the old period ends it: nobody paid.
 *   past_due                       GRACE until the open invoice's first failure and the days of grace; a look after
 *                                  that ends it, whatever the provider tries on.
 *   unpaid, incomplete_expired     ENDED
 *   canceled                       ACTIVE until the period's end where that is paid, ENDED after; ENDED at once where
 *                                  an operator said so with a refund
 *   a dispute took the money back  ENDED, until it is won; a question alone takes nothing
 *
 * What was bought once is ACTIVE for ever, from when the payment succeeded (one that is pending entitles to nothing)
 * until it has gone back whole, or a dispute took it.
 *
 * An end comes by a look alone. While the provider cannot be reached nobody loses anything; `until` says up to when what
 * is known was paid.
 */

export const RENEWAL_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What is due; undefined: nothing, and nothing ever was. */
export interface Entitled {
  readonly key: string;
  readonly tier: Tier;
  readonly source: EntitlementSource;
  readonly state: EntitlementState;
  readonly reason: EntitlementReason;
  readonly fromMs: number;
  /** 0: for ever. */
  readonly untilMs: number;
  readonly graceUntilMs: number;
  /** When to look again, because something may be another by then; undefined: never. */
  readonly lookMs: number | undefined;
}

const TIER_WORDS: ReadonlyMap<Tier, string> = new Map([
  [Tier.FREE, "free"],
  [Tier.PREMIUM, "premium"],
  [Tier.PATRON, "patron"],
]);
export const tierKey = (tier: Tier): string => `tier.${TIER_WORDS.get(tier) ?? "free"}`;
export const tierOfKey = (key: string): Tier =>
  [...TIER_WORDS].find(([tier]) => tierKey(tier) === key)?.[0] ?? Tier.FREE;

/** Whether a dispute has the money. */
export const isTaken = ({ dispute }: Pick<Payment, "dispute">): boolean =>
  dispute === DisputeStatus.WITHDRAWN || dispute === DisputeStatus.LOST;

export interface SubscriptionLook {
  readonly subscription: Subscription;
  readonly product: Product;
  /** What it was paid by, as far as it is known. */
  readonly payments: readonly Payment[];
  /** When the look at it began. */
  readonly fetchedMs: number;
  /** 0: nobody ended it. */
  readonly cutMs: number;
  readonly graceDays: number;
}

export function entitledBySubscription(look: SubscriptionLook): Entitled | undefined {
  const { subscription, product, payments, fetchedMs, cutMs, graceDays } = look;
  const { status, periodEndMs, firstFailureMs, endedMs, periodPaid, createdMs } = subscription;
  const about = {
    key: tierKey(product.tier as Tier),
    tier: product.tier as Tier,
    source: EntitlementSource.SUBSCRIPTION,
    fromMs: createdMs,
    graceUntilMs: 0,
  };
  const holds = (untilMs: number, reason: EntitlementReason): Entitled =>
    fetchedMs >= untilMs
      ? ended(untilMs)
      : { ...about, state: EntitlementState.ACTIVE, reason, untilMs, lookMs: untilMs };
  const ended = (untilMs: number, reason: EntitlementReason = EntitlementReason.ENDED): Entitled => ({
    ...about,
    state: EntitlementState.ENDED,
    reason,
    untilMs,
    lookMs: undefined,
  });

  if (cutMs > 0) return ended(cutMs, EntitlementReason.REFUNDED);
  const disputed = payments.filter(isTaken);
  if (disputed.length > 0) return ended(0, EntitlementReason.DISPUTED);
  const { INCOMPLETE, PAUSED, TRIALING, ACTIVE, PAST_DUE, CANCELED } = SubscriptionStatus;
  switch (status) {
    case INCOMPLETE:
    case PAUSED:
      return undefined;
    case TRIALING:
      return holds(periodEndMs + RENEWAL_MS, EntitlementReason.TRIAL);
    case ACTIVE:
      return holds(periodEndMs + RENEWAL_MS, EntitlementReason.PAID);
    case PAST_DUE: {
      const graceUntilMs = (firstFailureMs || fetchedMs) + graceDays * DAY_MS;
      if (fetchedMs >= graceUntilMs) return ended(graceUntilMs, EntitlementReason.PAYMENT_FAILED);
      return {
        ...about,
        state: EntitlementState.GRACE,
        reason: EntitlementReason.PAYMENT_FAILED,
        untilMs: graceUntilMs,
        graceUntilMs,
        lookMs: graceUntilMs,
      };
    }
    case CANCELED:
      return periodPaid ? holds(periodEndMs, EntitlementReason.PAID) : ended(endedMs);
    default:
      return ended(endedMs);
  }
}

/** @param gone of the payment, what went back and takes the purchase with it */
export function entitledByPayment(payment: Payment, product: Product, gone: number): Entitled | undefined {
  if (product.kind !== ProductKind.ONCE || payment.status !== PaymentStatus.SUCCEEDED) return undefined;
  const taken = isTaken(payment);
  // Of what was free nothing can go back.
  const back = payment.amount > 0 && gone >= payment.amount;
  const won = payment.dispute === DisputeStatus.WON;
  return {
    key: product.entitlementKey,
    tier: Tier.FREE,
    source: EntitlementSource.PURCHASE,
    state: taken || back ? EntitlementState.ENDED : EntitlementState.ACTIVE,
    reason: taken
      ? EntitlementReason.DISPUTED
      : back
        ? EntitlementReason.REFUNDED
        : won
          ? EntitlementReason.DISPUTE_WON
          : EntitlementReason.PAID,
    fromMs: payment.createdMs,
    untilMs: 0,
    graceUntilMs: 0,
    lookMs: undefined,
  };
}

export function entitledByGrant(
  { key, fromMs, untilMs }: { key: string; fromMs: number; untilMs: number },
  nowMs: number,
): Entitled {
  const over = nowMs >= untilMs;
  return {
    key,
    tier: tierOfKey(key),
    source: EntitlementSource.GRANT,
    state: over ? EntitlementState.ENDED : EntitlementState.ACTIVE,
    reason: over ? EntitlementReason.ENDED : EntitlementReason.GRANTED,
    ...{ fromMs, untilMs },
    graceUntilMs: 0,
    lookMs: over ? undefined : untilMs,
  };
}
