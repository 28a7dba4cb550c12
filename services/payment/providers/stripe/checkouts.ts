import { CouponDuration } from "@orrery/schema/payment/v1";
import type Stripe from "stripe";
import type { CheckoutOrder, Discount } from "../provider.ts";
import { asking, type Sdk } from "./sdk.ts";

const DURATIONS: ReadonlyMap<CouponDuration, Stripe.CouponCreateParams.Duration> = new Map([
  [CouponDuration.ONCE, "once"],
  [CouponDuration.REPEATING, "repeating"],
  [CouponDuration.FOREVER, "forever"],
]);

/** Opens the provider's page. What is ours goes on the session and on what it leads to: either may be asked for it. */
export async function openSession(
  sdk: Sdk,
  order: CheckoutOrder,
  key: string,
  returnUrl: string,
): Promise<Stripe.Checkout.Session> {
  const { checkoutId, playerId, productId, currency, amount, recurring, discount } = order;
  const metadata = { player_id: playerId, product_id: productId, checkout_id: checkoutId };
  const price: Stripe.Checkout.SessionCreateParams.LineItem =
    order.providerRef === ""
      ? {
          quantity: 1,
          price_data: {
            currency,
            unit_amount: amount,
            product_data: { name: order.title },
            ...(recurring && { recurring: { interval: "month" as const } }),
          },
        }
      : { quantity: 1, price: order.providerRef };
  const coupon = discount && (await couponFor(sdk, discount, currency));
  return asking(() =>
    sdk.checkout.sessions.create(
      {
        mode: recurring ? "subscription" : "payment",
        line_items: [price],
        client_reference_id: checkoutId,
        metadata,
        ...(recurring
          ? { subscription_data: { metadata } }
          : { payment_intent_data: { metadata }, customer_creation: "always" as const }),
        ...(coupon !== undefined && { discounts: [{ coupon }] }),
        ...(order.promotionCodes && { allow_promotion_codes: true }),
        success_url: `${returnUrl}#/pay/done/${checkoutId}`,
        cancel_url: `${returnUrl}#/pay/left/${checkoutId}`,
        expires_at: Math.ceil(order.expiresMs / 1_000),
      },
      { idempotencyKey: key },
    ),
  );
}

/** What a discount takes off, as the provider knows discounts: made once for each sum. */
async function couponFor(sdk: Sdk, discount: Discount, currency: string): Promise<string> {
  const { code, amountOff, duration, months } = discount;
  const id = `orrery-${code}-${amountOff}-${currency}`;
  const known = await asking(() => sdk.coupons.retrieve(id), { instead: undefined });
  if (known !== undefined) return id;
  const repeats = duration === CouponDuration.REPEATING;
  await asking(() =>
    sdk.coupons.create(
      {
        ...{ id, currency },
        amount_off: amountOff,
        duration: DURATIONS.get(duration) ?? "once",
        ...(repeats && { duration_in_months: months }),
      },
      { idempotencyKey: `orrery-coupon-${id}` },
    ),
  );
  return id;
}
