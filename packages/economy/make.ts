import { type Market, MakerWeather } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import type { Hour, PlaceSky } from "./given.ts";
import { coverOf, priceOf } from "./wants.ts";
import { factorIn, type Valley, type Works } from "./valley.ts";

const HOURS = 24;
/** Makers do more when it pays: by the root of the price over its base, within these. */
const [LAZIEST, BUSIEST] = [0.4, 1.8];
/** Nobody makes what lies around: full work up to 20 days of cover, none from 60 on. */
const [GLUT, GLUT_DAYS] = [1.5, 40];
const DROUGHT_TAKES = 0.7;
/** A field under so much snow gives half. */
const SNOW_HALVES_MM = 150;

/** What a maker brings forth in an hour, if there is enough of what it needs. */
export function outputOf(valley: Valley, books: Books, number: number, hour: Hour): number {
  const works = valley.works[number] as Works;
  const { capacity, bySeason, harvest, place } = works;
  const usual =
    (capacity / HOURS) *
    factorIn(bySeason, hour.season) *
    weatherFactor(works, hour.sky(place)) *
    hour.labour(number) *
    hour.sway.make(works.market);
  // A harvest is brought in whatever it fetches.
  return harvest || usual === 0 ? usual : usual * eagerness(valley, books, works.market, hour);
}

/** How much makers of a good want to, 0..1.8. */
export function eagerness(valley: Valley, books: Books, market: number, { season }: Hour): number {
  const base = valley.goods[valley.markets[market]?.good ?? -1]?.base ?? 1;
  const pays = Math.sqrt(priceOf(books.markets[market] as Market) / base);
  const lies = GLUT - coverOf(valley, books, market, season) / GLUT_DAYS;
  return Math.min(BUSIEST, Math.max(LAZIEST, pays)) * Math.min(1, Math.max(0, lies));
}

export function weatherFactor({ weather }: Works, { outdoor, drought, snowMm }: PlaceSky): number {
  switch (weather) {
    case MakerWeather.FIELD:
      return (1 - DROUGHT_TAKES * drought) * (SNOW_HALVES_MM / (SNOW_HALVES_MM + snowMm));
    case MakerWeather.OPEN:
      return outdoor;
    default:
      return 1;
  }
}

/** Makers take what they need from the market beside them, and bring what they made of it. */
export function make(valley: Valley, books: Books, hour: Hour): void {
  valley.works.forEach((works, number) => {
    let output = outputOf(valley, books, number, hour);
    for (const { market, quantity } of works.needs)
      output = Math.min(output, (books.markets[market]?.stock ?? 0) / quantity);
    if (output <= 0) return;
    for (const { market, quantity } of works.needs) take(valley, books, market, quantity * output);
    const market = books.markets[works.market] as Market;
    market.stock += output;
    market.made += output;
    const book = books.goods[valley.markets[works.market]?.good ?? -1];
    if (book !== undefined) book.made += output;
  });
}

/** Uses up some of a stock, never more than there is. */
export function take(valley: Valley, books: Books, number: number, wanted: number): number {
  const market = books.markets[number] as Market;
  const book = books.goods[valley.markets[number]?.good ?? -1];
  const taken = Math.min(market.stock, wanted);
  market.stock -= taken;
  market.used += taken;
  if (book !== undefined) book.used += taken;
  return taken;
}
