import { type Product, type ProductInit, ProductKind, Tier } from "@orrery/schema/payment/v1";
import { OrreryError } from "@orrery/wire";
import { paymentErrors } from "../errors.ts";
import { FIAT_CODE, isPayable } from "../money/exponents.ts";

const ID = /^[a-z0-9-]{1,64}$/;
const KEY = /^pack\.[a-z0-9-]{1,48}$/;
const TITLE_MOST = 120;
const TOKENS_MOST = 1_000_000;

/** @throws PAYMENT_PRODUCT_INVALID naming the field */
export function checkProduct(product: ProductInit): void {
  const refuse = (given: string) => new OrreryError(paymentErrors.PAYMENT_PRODUCT_INVALID, { given });
  const { productId = "", kind, title = "", tier, entitlementKey = "", tokens = 0, prices = [] } = product;
  if (!ID.test(productId)) throw refuse("product_id is like `premium-month`");
  if (title === "" || title.length > TITLE_MOST) throw refuse(`title of 1..${TITLE_MOST} characters`);
  const paid = tier === Tier.PREMIUM || tier === Tier.PATRON;
  if (kind === ProductKind.SUBSCRIPTION && !paid) throw refuse("a subscription's tier is PREMIUM or PATRON");
  if (kind === ProductKind.ONCE && !KEY.test(entitlementKey))
    throw refuse("entitlement_key is like `pack.founder`");
  if (kind === ProductKind.PACK && !(Number.isSafeInteger(tokens) && tokens > 0 && tokens <= TOKENS_MOST))
    throw refuse(`tokens 1..${TOKENS_MOST}`);
  if (kind !== ProductKind.SUBSCRIPTION && kind !== ProductKind.ONCE && kind !== ProductKind.PACK)
    throw refuse("kind is SUBSCRIPTION, PACK or ONCE");
  if (prices.length === 0) throw refuse("no prices");
  if (new Set(prices.map(({ currency }) => currency)).size !== prices.length)
    throw refuse("two prices in one currency");
  for (const { currency = "", amount = 0 } of prices)
    if (!FIAT_CODE.test(currency) || !isPayable(currency, amount))
      throw refuse(`${amount} ${currency} is no price that a provider takes`);
}

/**
 * What is due for a payment follows from its product, also long after: what one gets is what was sold. Prices, titles and whether it is sold
 * still are free.
 * @throws PAYMENT_PRODUCT_INVALID
 */
export function checkStays(before: Product | undefined, now: Product): void {
  if (before === undefined) return;
  for (const field of ["kind", "tier", "entitlementKey", "tokens"] as const)
    if (before[field] !== now[field])
      throw new OrreryError(paymentErrors.PAYMENT_PRODUCT_INVALID, {
        given: `${now.productId} was sold with ${field} ${before[field]}; put what differs under another product_id`,
      });
}

/** What is asked for it. @throws PAYMENT_UNKNOWN_PRODUCT */
export function priceOf(
  { productId, prices, retired }: Product,
  currency: string,
): { currency: string; amount: number } {
  const found = currency === "" ? prices[0] : prices.find((price) => price.currency === currency);
  if (found === undefined || retired)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_PRODUCT, {
      given: retired ? `${productId} is sold no more` : `${productId} in ${currency}`,
    });
  return { currency: found.currency, amount: found.amount };
}
