import { type Market, PriceTrend, PriceWhy, type SeasonKind } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import type { Hour } from "./given.ts";
import { coverOf, priceOf, useOf } from "./wants.ts";
import { reachDays } from "./stores.ts";
import type { Valley } from "./valley.ts";
import { EASE_DAYS } from "./year.ts";

/** A price that has moved far enough to be told. */
export interface PriceMove {
  readonly market: number;
  readonly price: number;
  readonly prev: number;
  /** To its base. */
  readonly ratio: number;
  readonly coverDays: number;
  readonly trend: PriceTrend;
  readonly why: PriceWhy;
}

/** What decides where a price is bound for, as logarithms that add up to it. */
export interface PriceTerms {
  readonly base: number;
  /** Too little for the time that it has to last raises it, too much lowers it. */
  readonly cover: number;
  readonly coverDays: number;
  /** How long it should last. */
  readonly reachDays: number;
}

/** Half the logarithm of how many times too little is there, held within these. */
const COVER_WEIGHT = 0.5;
const [LOWEST_COVER_TERM, HIGHEST_COVER_TERM] = [-1.4, 1.6];
const LEAST_COVER = 0.05;
/** Share of the way to its target that a price goes in an hour, and most that it moves. */
const PACE = 0.08;
const MOST_AN_HOUR = 0.08;
const NOISE = 0.06;
/** In multiples of the base. */
export const [LOWEST_PRICE, HIGHEST_PRICE] = [0.2, 6];
/** Of the mean of the last day or so, an hour. */
const MEAN_WEIGHT = 1 / 24;
const TREND_FROM = 0.02;
const TOLD_FROM = Math.log(1.05);

export function priceTerms(
  valley: Valley,
  books: Books,
  market: number,
  season: SeasonKind,
  dayOfYear: number,
): PriceTerms {
  const { place, good } = valley.markets[market] as Valley["markets"][number];
  const coverDays = coverOf(valley, books, market, season);
  const reach = reachDays(valley, place, good, dayOfYear, books.purses[place]?.laysInDays ?? 0);
  const term = COVER_WEIGHT * Math.log(reach / Math.max(LEAST_COVER, coverDays));
  return {
    base: Math.log(valley.goods[good]?.base ?? 1),
    cover: Math.min(HIGHEST_COVER_TERM, Math.max(LOWEST_COVER_TERM, term)),
    coverDays,
    reachDays: reach,
  };
}

/** Every price goes some of the way to its target, with a little luck. */
export function movePrices(
  valley: Valley,
  books: Books,
  { season, dayOfYear, luck, sway }: Hour,
): readonly PriceMove[] {
  const moves: PriceMove[] = [];
  books.markets.forEach((market, number) => {
    // Where nobody wants it and none is, it has no price that could move.
    if (market.stock + market.inbound === 0 && useOf(valley, books, number, season) === 0) return;
    const terms = priceTerms(valley, books, number, season, dayOfYear);
    const volatility = valley.goods[valley.markets[number]?.good ?? -1]?.volatility ?? 0;
    const target = terms.base + terms.cover + sway.price(number);
    const step = PACE * (target - market.lnPrice) + NOISE * volatility * luck.normal();
    const moved = market.lnPrice + Math.min(MOST_AN_HOUR, Math.max(-MOST_AN_HOUR, step));
    const [lowest, highest] = [terms.base + Math.log(LOWEST_PRICE), terms.base + Math.log(HIGHEST_PRICE)];
    // A base that was edited draws a price along, an hour's move at a time.
    market.lnPrice =
      market.lnPrice < lowest || market.lnPrice > highest
        ? moved
        : Math.min(highest, Math.max(lowest, moved));
    market.meanLn += MEAN_WEIGHT * (market.lnPrice - market.meanLn);
    if (Math.abs(market.lnPrice - market.toldLn) < TOLD_FROM) return;
    moves.push({
      market: number,
      price: priceOf(market),
      prev: Math.exp(market.toldLn),
      ratio: Math.exp(market.lnPrice - terms.base),
      coverDays: terms.coverDays,
      trend: trendOf(market),
      why: whyOf(market, terms),
    });
    market.toldLn = market.lnPrice;
  });
  return moves;
}

export function trendOf({ lnPrice, meanLn }: Readonly<Market>): PriceTrend {
  if (lnPrice - meanLn > TREND_FROM) return PriceTrend.RISING;
  return meanLn - lnPrice > TREND_FROM ? PriceTrend.FALLING : PriceTrend.STEADY;
}

function whyOf(market: Readonly<Market>, { base, reachDays: reach }: PriceTerms): PriceWhy {
  const seasonal = reach > 2 * EASE_DAYS;
  const rises = market.lnPrice > market.toldLn;
  if (Math.abs(market.lnPrice - base) < Math.abs(market.toldLn - base))
    return rises || market.came === 0 ? PriceWhy.RETURN : PriceWhy.TRADE;
  if (rises)
    return market.went > market.used ? PriceWhy.TRADE : seasonal ? PriceWhy.SEASON : PriceWhy.SCARCITY;
  return seasonal && market.made > 0 ? PriceWhy.SEASON : PriceWhy.TRADE;
}
