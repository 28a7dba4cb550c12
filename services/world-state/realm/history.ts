import { MarketsSampled, type PriceAtInit } from "@orrery/schema/world/v1";
import type { Store } from "@orrery/service";
import { keepSamples, samplesOf, type SpanAsked } from "./samples.ts";

const HOUR_GS = 3_600;

/** Every hour of every market. */
export const history = keepSamples("history", MarketsSampled, "market_hour");

export interface HistoryAsked extends SpanAsked {
  readonly regionId: string;
  readonly goodId: string;
  readonly stepHours: number;
}

/** What a good cost in a region, oldest first. @param most so many at most */
export async function readPrices(store: Store, asked: HistoryAsked, most: number): Promise<PriceAtInit[]> {
  const { regionId, goodId, stepHours } = asked;
  const prices: PriceAtInit[] = [];
  for await (const sample of samplesOf(store, MarketsSampled, "market_hour", asked)) {
    const { atGs, regionIds, goodIds, prices: all, stocks, coverDays } = sample;
    const last = prices.at(-1)?.atGs;
    if (last !== undefined && (atGs === last || atGs - last < stepHours * HOUR_GS)) continue;
    const [region, good] = [regionIds.indexOf(regionId), goodIds.indexOf(goodId)];
    if (region < 0 || good < 0) continue;
    const at = region * goodIds.length + good;
    prices.push({ atGs, price: all[at] ?? 0, stock: stocks[at] ?? 0, coverDays: coverDays[at] ?? 0 });
    if (prices.length === most) break;
  }
  return prices;
}
