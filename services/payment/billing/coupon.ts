import { Coupon, CouponDuration } from "@orrery/schema/payment/v1";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { paymentErrors } from "../errors.ts";
import { FIAT_CODE, toStep } from "../money/exponents.ts";
import { percentOf } from "../money/share.ts";
import type { Discount } from "../providers/provider.ts";
import { CheckoutStatus } from "@orrery/schema/payment/v1";
import type { PaymentTables } from "../tables.ts";

type Db = Kysely<PaymentTables>;

const CODE = /^[A-Z0-9-]{3,32}$/;
const MONTHS_MOST = 36;

/** @throws RPC_FIELD_INVALID naming the field */
export function checkCoupon(coupon: Coupon): void {
  const refuse = (given: string) => new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given });
  const { code, percentOff, amountOff, currency, duration, months, minAmount } = coupon;
  if (!CODE.test(code)) throw refuse("code of 3..32 of A-Z, 0-9 and -");
  if (percentOff > 100) throw refuse(`percent_off ${percentOff}, 1..100`);
  if (percentOff > 0 === amountOff > 0) throw refuse("either percent_off or amount_off");
  if (!Number.isSafeInteger(amountOff) || amountOff < 0) throw refuse(`amount_off ${amountOff}`);
  if (!Number.isSafeInteger(minAmount) || minAmount < 0) throw refuse(`min_amount ${minAmount}`);
  if ((amountOff > 0 || minAmount > 0) && !FIAT_CODE.test(currency)) throw refuse("currency of the amount");
  if (duration === CouponDuration.REPEATING && (months < 1 || months > MONTHS_MOST))
    throw refuse(`months ${months}, 1..${MONTHS_MOST}`);
  const known = [CouponDuration.ONCE, CouponDuration.REPEATING, CouponDuration.FOREVER];
  if (!(known as readonly number[]).includes(duration)) throw refuse("duration ONCE, REPEATING or FOREVER");
}

export async function couponOf(db: Db, code: string): Promise<Coupon | undefined> {
  const row = await db.selectFrom("coupon").select("body").where("code", "=", code).executeTakeFirst();
  return row && (Coupon.decode(row.body) as Coupon);
}

/** Checkouts that it was given for and that were not left. */
export async function redeemed(db: Db, code: string): Promise<number> {
  const row = await db
    .selectFrom("checkout")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where("coupon", "=", code)
    .where("status", "!=", CheckoutStatus.EXPIRED)
    .executeTakeFirst();
  return Number(row?.n ?? 0);
}

export interface Purchase {
  readonly playerId: string;
  readonly productId: string;
  readonly currency: string;
  readonly amount: number;
}

/** What a coupon takes off. @throws PAYMENT_COUPON_INVALID naming the rule that it breaks */
export async function discountOf(db: Db, code: string, purchase: Purchase, nowMs: number): Promise<Discount> {
  const refuse = (rule: string) =>
    new OrreryError(paymentErrors.PAYMENT_COUPON_INVALID, { given: `${code}: ${rule}` });
  const coupon = await couponOf(db, code);
  if (coupon === undefined || coupon.disabled) throw refuse("there is none of this code");
  const { percentOff, amountOff, currency, duration, months, maxRedemptions, redeemByMs } = coupon;
  if (redeemByMs > 0 && nowMs > redeemByMs) throw refuse("it has run out");
  if (coupon.products.length > 0 && !coupon.products.includes(purchase.productId))
    throw refuse("not for this product");
  if (amountOff > 0 && currency !== purchase.currency) throw refuse(`for purchases in ${currency}`);
  if (coupon.minAmount > 0 && (currency !== purchase.currency || purchase.amount < coupon.minAmount))
    throw refuse(`from ${coupon.minAmount} ${currency} on`);
  if (maxRedemptions > 0 && (await redeemed(db, code)) >= maxRedemptions) throw refuse("it is used up");
  if (coupon.firstPurchaseOnly && (await hasBought(db, purchase.playerId)))
    throw refuse("for the first purchase alone");
  const off = percentOff > 0 ? percentOf(purchase.amount, percentOff) : amountOff;
  const bounded = Math.min(purchase.amount, toStep(purchase.currency, off));
  return { code, amountOff: bounded, duration: duration as CouponDuration, months };
}

async function hasBought(db: Db, player: string): Promise<boolean> {
  const row = await db
    .selectFrom("provider_object")
    .select("ref")
    .where("player", "=", player)
    .where("kind", "=", "payment")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
