import type {
  CheckoutStatus,
  CouponDuration,
  PaymentInit,
  SubscriptionInit,
} from "@orrery/schema/payment/v1";

/** What a checkout is about, as the provider is told. */
export interface CheckoutOrder {
  readonly checkoutId: string;
  readonly playerId: string;
  readonly productId: string;
  readonly title: string;
  /** By the month, until it is cancelled. */
  readonly recurring: boolean;
  readonly currency: string;
  /** Before any discount, minor units. */
  readonly amount: number;
  /** Name of the price at the provider; empty: the amount is sent along. */
  readonly providerRef: string;
  readonly discount: Discount | undefined;
  /** The provider asks for a promotion code; never together with a discount. */
  readonly promotionCodes: boolean;
  readonly expiresMs: number;
}

export interface Discount {
  readonly code: string;
  /** Minor units off each period that it holds for. */
  readonly amountOff: number;
  readonly duration: CouponDuration;
  readonly months: number;
}

/** An object by which the provider is asked again. */
export interface ObjectRef {
  readonly kind: "subscription" | "payment" | "checkout";
  readonly ref: string;
}

/** What a webhook says: only what to look at again, never how it stands. */
export interface HookEvent {
  readonly id: string;
  readonly type: string;
  /** None: of a type that says nothing about money here. */
  readonly about: readonly ObjectRef[];
}

export interface CheckoutLook {
  readonly status: CheckoutStatus;
  readonly about: readonly ObjectRef[];
}

export type SeenObject =
  | { readonly kind: "subscription"; readonly object: SubscriptionInit & { ref: string } }
  | { readonly kind: "payment"; readonly object: PaymentInit & { ref: string } };

/**
 * Who takes real money. Every call that changes something carries a key of ours, under which the provider does it once.
 * What it cannot do it refuses with PAYMENT_PROVIDER_REFUSED, what may work later with PAYMENT_PROVIDER_AWAY.
 */
export interface Provider {
  readonly name: string;
  /** What time it is there, Unix ms. */
  nowMs(): number;
  /** Live secrets of its webhooks, at most 3. */
  secrets(): readonly string[];
  /** @throws PAYMENT_HOOK_UNREADABLE */
  read(body: Uint8Array): HookEvent;
  openCheckout(order: CheckoutOrder, key: string): Promise<{ ref: string; url: string; expiresMs: number }>;
  portalLink(playerId: string): Promise<string>;
  /** Undefined: there is none. */
  checkout(ref: string): Promise<CheckoutLook | undefined>;
  subscription(ref: string): Promise<(SubscriptionInit & { ref: string }) | undefined>;
  payment(ref: string): Promise<(PaymentInit & { ref: string }) | undefined>;
  /** Ends a subscription, and voids what it has open where that is at once. */
  cancel(subscriptionRef: string, now: boolean, key: string): Promise<void>;
  /** Gives back once for each id, however late a repeat comes. */
  refund(paymentRef: string, amount: number, refundId: string): Promise<void>;
  /** Everything that was made since then, in no order. */
  objects(sinceMs: number): AsyncIterable<SeenObject>;
}
