import {
  CheckoutStatus,
  CouponDuration,
  DisputeStatus,
  PaymentStatus,
  SubscriptionStatus,
} from "@orrery/schema/payment/v1";
import { OrreryError } from "@orrery/wire";
import { paymentErrors } from "../../errors.ts";
import type { CheckoutOrder, ObjectRef } from "../provider.ts";
import type { BankCheckout, BankPayment, BankSubscription, BankState } from "./state.ts";

/*
 * A bank that is played by hand. A checkout is open until somebody pays, is declined, or leaves it. Paid, it makes a
 * payment, and where it recurs a subscription that is renewed when its month is over: with a good card it pays and goes
 * on, with a broken one it is past due and is tried again each day, for three weeks, then unpaid. Each change of an
 * object is an event; what an event says of it is only its name.
 */

const MONTH_MS = 30 * 86_400_000;
const DAY_MS = 86_400_000;
/** After so many days of failed tries the bank gives up. */
const TRIES_FOR_DAYS = 21;

export interface Bank {
  nowMs(): number;
  openCheckout(order: CheckoutOrder, key: string): BankCheckout;
  pay(ref: string, settled: boolean): void;
  decline(ref: string): void;
  abandon(ref: string): void;
  settle(ref: string, well: boolean): void;
  dispute(ref: string, status: DisputeStatus): void;
  setCard(ref: string, works: boolean): void;
  cancel(ref: string, now: boolean, key: string): void;
  refund(ref: string, amount: number, key: string): void;
  /** Lets time pass there, renewal by renewal. */
  moveTo(ms: number): void;
}

const refuse = (given: string) => new OrreryError(paymentErrors.PAYMENT_PROVIDER_REFUSED, { given });

/** @param changed is told of every object that is another now, in order */
export function createBank(
  state: BankState,
  hostMs: () => number,
  changed: (about: ObjectRef, type: string) => void,
): Bank {
  const nowMs = () => Math.floor(hostMs() + state.aheadMs);

  function checkout(ref: string): BankCheckout {
    const found = state.checkouts.get(ref);
    if (found === undefined) throw refuse(`no checkout ${ref}`);
    return found;
  }
  function payment(ref: string): BankPayment {
    const found = state.payments.get(ref);
    if (found === undefined) throw refuse(`no payment ${ref}`);
    return found;
  }
  function subscription(ref: string): BankSubscription {
    const found = state.subscriptions.get(ref);
    if (found === undefined) throw refuse(`no subscription ${ref}`);
    return found;
  }
  const open = (ref: string) => {
    const found = checkout(ref);
    if (found.status !== CheckoutStatus.OPEN) throw refuse(`checkout ${ref} is not open`);
    if (found.expiresMs <= nowMs()) {
      found.status = CheckoutStatus.EXPIRED;
      changed({ kind: "checkout", ref }, "checkout.expired");
      throw refuse(`checkout ${ref} has expired`);
    }
    return found;
  };

  /** The same key does the same thing once, and another thing never. */
  function once<T extends string>(key: string, digest: string, act: () => T): T {
    const known = state.keys.get(key);
    if (known !== undefined) {
      if (known.digest !== digest) throw refuse(`key ${key} was used for something else`);
      return known.answer as T;
    }
    const answer = act();
    state.keys.set(key, { digest, answer });
    return answer;
  }

  const touch = (about: ObjectRef, type: string) => changed(about, `${about.kind}.${type}`);

  /** What a period costs: the first is 0. */
  function dueFor({ amount, discount }: BankCheckout["order"], period: number): number {
    if (discount === undefined) return amount;
    const { duration, months, amountOff } = discount;
    const counts =
      duration === CouponDuration.FOREVER ||
      (duration === CouponDuration.REPEATING ? period < months : period === 0);
    return counts ? Math.max(0, amount - amountOff) : amount;
  }

  function charge(
    { order }: Pick<BankCheckout, "order">,
    amount: number,
    status: PaymentStatus,
    subscriptionRef: string,
    atMs: number,
  ): BankPayment {
    const { playerId, productId, checkoutId, currency } = order;
    const made: BankPayment = {
      ref: `pay_${++state.made}`,
      ...{ playerId, productId, checkoutId, currency, subscriptionRef, amount, status },
      refunded: 0,
      dispute: DisputeStatus.NONE,
      createdMs: atMs,
    };
    state.payments.set(made.ref, made);
    touch({ kind: "payment", ref: made.ref }, "created");
    return made;
  }

  function renew(own: BankSubscription, atMs: number): void {
    const { order } = checkout(own.checkoutRef);
    if (own.cancelAtPeriodEnd) return end(own, atMs);
    own.tries += 1;
    const amount = dueFor(order, own.periods);
    if (own.cardWorks) {
      own.status = SubscriptionStatus.ACTIVE;
      own.periodEndMs += MONTH_MS;
      // Whoever pays late has paid for the month that began then.
      if (own.periodEndMs <= atMs) own.periodEndMs = atMs + MONTH_MS;
      own.periods += 1;
      own.periodPaid = true;
      own.firstFailureMs = 0;
      own.tries = 0;
      own.nextMs = own.periodEndMs;
      if (amount > 0) charge({ order }, amount, PaymentStatus.SUCCEEDED, own.ref, atMs);
    } else {
      own.firstFailureMs ||= atMs;
      own.periodPaid = false;
      own.status = own.tries > TRIES_FOR_DAYS ? SubscriptionStatus.UNPAID : SubscriptionStatus.PAST_DUE;
      own.nextMs = own.status === SubscriptionStatus.UNPAID ? Infinity : atMs + DAY_MS;
    }
    touch({ kind: "subscription", ref: own.ref }, "updated");
  }

  function end(own: BankSubscription, atMs: number): void {
    own.status = SubscriptionStatus.CANCELED;
    own.endedMs = atMs;
    own.nextMs = Infinity;
    touch({ kind: "subscription", ref: own.ref }, "ended");
  }

  function subscribe(from: BankCheckout): BankSubscription {
    const atMs = nowMs();
    const { playerId, productId, checkoutId } = from.order;
    const own: BankSubscription = {
      ref: `sub_${++state.made}`,
      ...{ playerId, productId, checkoutId },
      checkoutRef: from.ref,
      status: SubscriptionStatus.ACTIVE,
      createdMs: atMs,
      periodEndMs: atMs + MONTH_MS,
      cancelAtPeriodEnd: false,
      firstFailureMs: 0,
      endedMs: 0,
      periodPaid: true,
      periods: 1,
      cardWorks: true,
      tries: 0,
      nextMs: atMs + MONTH_MS,
    };
    state.subscriptions.set(own.ref, own);
    from.subscriptionRef = own.ref;
    touch({ kind: "subscription", ref: own.ref }, "created");
    return own;
  }

  return {
    nowMs,
    openCheckout(order, key) {
      if (order.discount !== undefined && order.promotionCodes)
        throw refuse("a discount together with the field for promotion codes");
      const ref = once(key, JSON.stringify({ ...order, expiresMs: 0 }), () => {
        const made: BankCheckout = {
          ref: `cs_${++state.made}`,
          order,
          status: CheckoutStatus.OPEN,
          expiresMs: order.expiresMs,
          paymentRef: "",
          subscriptionRef: "",
        };
        state.checkouts.set(made.ref, made);
        return made.ref;
      });
      return checkout(ref);
    },
    pay(ref, settled) {
      const own = open(ref);
      own.status = CheckoutStatus.COMPLETED;
      const status = settled ? PaymentStatus.SUCCEEDED : PaymentStatus.PENDING;
      // What is not settled yet begins no subscription.
      const parent = own.order.recurring && settled ? subscribe(own).ref : "";
      const amount = dueFor(own.order, 0);
      if (amount > 0 || !own.order.recurring)
        own.paymentRef = charge(own, amount, status, parent, nowMs()).ref;
      touch({ kind: "checkout", ref }, "completed");
    },
    decline: (ref) => touch({ kind: "checkout", ref: open(ref).ref }, "declined"),
    abandon(ref) {
      open(ref).status = CheckoutStatus.EXPIRED;
      touch({ kind: "checkout", ref }, "expired");
    },
    settle(ref, well) {
      const own = payment(ref);
      if (own.status !== PaymentStatus.PENDING) throw refuse(`payment ${ref} is settled`);
      own.status = well ? PaymentStatus.SUCCEEDED : PaymentStatus.FAILED;
      const from = [...state.checkouts.values()].find(({ paymentRef }) => paymentRef === ref);
      if (well && from?.order.recurring) own.subscriptionRef = subscribe(from).ref;
      touch({ kind: "payment", ref }, well ? "succeeded" : "failed");
    },
    dispute(ref, status) {
      const own = payment(ref);
      const { NONE, INQUIRY, WITHDRAWN, WON, LOST } = DisputeStatus;
      const from: ReadonlyMap<DisputeStatus, readonly DisputeStatus[]> = new Map([
        [INQUIRY, [NONE]],
        [WITHDRAWN, [NONE, INQUIRY]],
        [WON, [INQUIRY, WITHDRAWN]],
        [LOST, [WITHDRAWN]],
      ]);
      if (own.status !== PaymentStatus.SUCCEEDED || !from.get(status)?.includes(own.dispute))
        throw refuse(`payment ${ref} has no dispute that could go on so`);
      own.dispute = status;
      touch({ kind: "payment", ref }, "dispute");
    },
    setCard: (ref, works) => void (subscription(ref).cardWorks = works),
    cancel(ref, now, key) {
      once(key, `cancel ${ref} ${now}`, () => {
        const own = subscription(ref);
        if (own.status === SubscriptionStatus.CANCELED) return ref;
        own.cancelAtPeriodEnd = true;
        if (now) end(own, nowMs());
        else touch({ kind: "subscription", ref }, "updated");
        return ref;
      });
    },
    refund(ref, amount, key) {
      once(key, `refund ${ref} ${amount}`, () => {
        const own = payment(ref);
        const left = own.amount - own.refunded;
        if (own.status !== PaymentStatus.SUCCEEDED || amount > left || amount < 1)
          throw refuse(`${amount} of ${left} left of ${ref}`);
        if (own.dispute === DisputeStatus.WITHDRAWN || own.dispute === DisputeStatus.LOST)
          throw refuse(`${ref} is disputed`);
        own.refunded += amount;
        touch({ kind: "payment", ref }, "refunded");
        return ref;
      });
    },
    moveTo(ms) {
      for (;;) {
        const due = [...state.subscriptions.values()]
          .filter(({ nextMs }) => nextMs <= ms)
          .sort((one, other) => one.nextMs - other.nextMs)[0];
        if (due === undefined) break;
        state.aheadMs = Math.max(state.aheadMs, due.nextMs - hostMs());
        renew(due, due.nextMs);
      }
      state.aheadMs = Math.max(state.aheadMs, ms - hostMs());
    },
  };
}
