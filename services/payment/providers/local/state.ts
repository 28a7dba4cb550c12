import type {
  CheckoutStatus,
  DisputeStatus,
  PaymentStatus,
  SubscriptionStatus,
} from "@orrery/schema/payment/v1";
import type { CheckoutOrder } from "../provider.ts";

export interface BankCheckout {
  readonly ref: string;
  readonly order: CheckoutOrder;
  status: CheckoutStatus;
  readonly expiresMs: number;
  paymentRef: string;
  subscriptionRef: string;
}

export interface BankPayment {
  readonly ref: string;
  readonly playerId: string;
  readonly productId: string;
  readonly checkoutId: string;
  subscriptionRef: string;
  readonly currency: string;
  readonly amount: number;
  refunded: number;
  status: PaymentStatus;
  dispute: DisputeStatus;
  readonly createdMs: number;
}

export interface BankSubscription {
  readonly ref: string;
  readonly playerId: string;
  readonly productId: string;
  readonly checkoutId: string;
  readonly checkoutRef: string;
  status: SubscriptionStatus;
  readonly createdMs: number;
  periodEndMs: number;
  cancelAtPeriodEnd: boolean;
  firstFailureMs: number;
  endedMs: number;
  periodPaid: boolean;
  /** Paid so far. */
  periods: number;
  cardWorks: boolean;
  /** Failed tries of the open invoice. */
  tries: number;
  /** When it is charged next. */
  nextMs: number;
}

/** All that the local bank knows. */
export interface BankState {
  /** How far its clock is ahead of the host's. */
  aheadMs: number;
  /** Objects made so far; names them. */
  made: number;
  readonly checkouts: Map<string, BankCheckout>;
  readonly payments: Map<string, BankPayment>;
  readonly subscriptions: Map<string, BankSubscription>;
  /** What was done under which key. */
  readonly keys: Map<string, { readonly digest: string; readonly answer: string }>;
}

export const newBankState = (): BankState => ({
  aheadMs: 0,
  made: 0,
  checkouts: new Map(),
  payments: new Map(),
  subscriptions: new Map(),
  keys: new Map(),
});
