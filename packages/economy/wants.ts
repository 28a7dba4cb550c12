import type { Market, SeasonKind } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import { factorIn, type Valley } from "./valley.ts";

const HOURS = 24;

/** What a market uses a day at its usual price: people and makers. */
export function useOf(valley: Valley, books: Books, market: number, season: SeasonKind): number {
  const { place, good, madeOf } = valley.markets[market] as Valley["markets"][number];
  return peopleOf(valley, books, place) * useOfOne(valley, good, season) + madeOf;
}

/** Of one of the people, a day. */
export function useOfOne({ goods }: Valley, good: number, season: SeasonKind): number {
  const { use = 0, useBySeason } = goods[good] ?? {};
  return use * factorIn(useBySeason, season);
}

export const peopleOf = (valley: Valley, { purses }: Books, place: number): number =>
  (purses[place]?.crowd ?? 0) + (valley.places[place]?.named ?? 0);

export const MOST_COVER = 9_999;

/** For how many days there is enough, with what is on its way; at most 9,999. */
export function coverOf(valley: Valley, books: Books, market: number, season: SeasonKind): number {
  const { stock, inbound } = books.markets[market] as Market;
  const use = useOf(valley, books, market, season);
  return use === 0 ? MOST_COVER : Math.min(MOST_COVER, (stock + inbound) / use);
}

export const priceOf = ({ lnPrice }: Readonly<Market>): number => Math.exp(lnPrice);

/** What people want of a good in an hour at its price: less of what is dear. Elasticity -.3. */
export function wantedIn(valley: Valley, books: Books, market: number, season: SeasonKind): number {
  const { place, good } = valley.markets[market] as Valley["markets"][number];
  const base = valley.goods[good]?.base ?? 1;
  const ratio = priceOf(books.markets[market] as Market) / base;
  const a = peopleOf(valley, books, place) * useOfOne(valley, good, season);
  return a === 0 ? 0 : (a * ratio ** ELASTICITY) / HOURS;
}

const ELASTICITY = -0.3;
