import { type Payment, PaymentStatus, type Product, ProductKind } from "@orrery/schema/payment/v1";
import { share } from "../money/share.ts";
import { isTaken } from "./entitled.ts";

/** What a payment comes to in the ledgers, by the provider's word. */
export interface DueMoney {
  /** Real money that came in and is still here. */
  readonly fiat: number;
  /** Tokens of it that are still the player's. */
  readonly tokens: number;
}

/** @param kept of what was refunded, what the player may keep the purchase for */
export function dueMoney(payment: Payment, product: Product | undefined, kept: number): DueMoney {
  if (payment.status !== PaymentStatus.SUCCEEDED) return { fiat: 0, tokens: 0 };
  const tokens = product?.kind === ProductKind.PACK ? product.tokens : 0;
  // After a part was refunded a dispute takes the rest.
  if (isTaken(payment)) return { fiat: 0, tokens: 0 };
  const gone = Math.max(0, payment.refunded - kept);
  return {
    fiat: payment.amount - payment.refunded,
    tokens: tokens - share(tokens, gone, payment.amount),
  };
}
