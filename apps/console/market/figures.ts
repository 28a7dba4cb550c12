import { type MarketShown, PriceTrend } from "@orrery/schema/world/v1";

/** Pennies, as precisely as one would say them. */
export const price = (pennies: number): string => pennies.toFixed(pennies < 100 ? 1 : 0);

export const quantity = (count: number): string =>
  count.toLocaleString("en", { maximumFractionDigits: count < 10 ? 1 : 0 });

export const days = (count: number): string => (count >= 1_000 ? "years" : `${quantity(count)} days`);

export function trendSign(trend: PriceTrend): string {
  if (trend === PriceTrend.RISING) return " ↑";
  return trend === PriceTrend.FALLING ? " ↓" : "";
}

/** How a price lies to what is usual, in five steps for a tint: -2 cheap .. 2 very dear. */
export function dearness({ price: now, base }: Pick<MarketShown, "price" | "base">): number {
  const ratio = now / base;
  if (ratio >= 2) return 2;
  if (ratio >= 1.3) return 1;
  if (ratio <= 0.5) return -2;
  return ratio <= 0.77 ? -1 : 0;
}
