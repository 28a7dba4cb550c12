import { type ProductInit, ProductKind, Tier } from "@orrery/schema/payment/v1";

/** What is for sale until an operator says otherwise. */
export const standardProducts: readonly (ProductInit & { readonly productId: string })[] = [
  {
    productId: "premium-month",
    kind: ProductKind.SUBSCRIPTION,
    title: "Premium, by the month",
    tier: Tier.PREMIUM,
    prices: [
      { currency: "eur", amount: 799 },
      { currency: "usd", amount: 899 },
      { currency: "jpy", amount: 1_200 },
    ],
  },
  {
    productId: "patron-month",
    kind: ProductKind.SUBSCRIPTION,
    title: "Patron, by the month",
    tier: Tier.PATRON,
    prices: [
      { currency: "eur", amount: 1_999 },
      { currency: "usd", amount: 2_199 },
      { currency: "jpy", amount: 3_000 },
    ],
  },
  {
    productId: "founder",
    kind: ProductKind.ONCE,
    title: "Founder's pack",
    entitlementKey: "pack.founder",
    prices: [
      { currency: "eur", amount: 2_500 },
      { currency: "usd", amount: 2_750 },
      { currency: "kwd", amount: 8_250 },
    ],
  },
  {
    productId: "tokens-500",
    kind: ProductKind.PACK,
    title: "500 tokens",
    tokens: 500,
    prices: [
      { currency: "eur", amount: 499 },
      { currency: "usd", amount: 549 },
      { currency: "jpy", amount: 800 },
    ],
  },
];
