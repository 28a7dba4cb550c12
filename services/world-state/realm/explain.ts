import { type Books, priceOf, priceTerms, type Valley } from "@orrery/economy";
import type { Instant } from "@orrery/schema/time/v1";
import {
  type ExplainResponseInit,
  type ExplainTermInit,
  type Market,
  RouteWhy,
  type SeasonKind,
} from "@orrery/schema/world/v1";
import type { Names } from "./names.ts";

const WHY: Readonly<Record<RouteWhy, string>> = {
  [RouteWhy.UNSPECIFIED]: "closed",
  [RouteWhy.FLOOD]: "under water",
  [RouteWhy.SNOW]: "under snow",
  [RouteWhy.DANGER]: "too dangerous",
  [RouteWhy.BARRED]: "barred",
};
const NEAR = 0.005;

/** The date, as far as prices go. */
export type Date = Pick<Instant, "atGs" | "dayOfYear"> & { readonly season: SeasonKind };

/** What happens there now, and what it does to a price. */
export type EventTerm = Required<
  Pick<ExplainTermInit, "text" | "factor" | "causePublisher" | "causeSequence">
>;

/** Why a good costs what it does: factors whose product is its price, and what is behind them. */
export function explainPrice(
  valley: Valley,
  books: Books,
  market: number,
  { atGs, season, dayOfYear }: Date,
  names: Names,
  event: EventTerm | undefined,
): ExplainResponseInit {
  const { place, good } = valley.markets[market] as Valley["markets"][number];
  const at = books.markets[market] as Market;
  const { base, cover, coverDays, reachDays } = priceTerms(valley, books, market, season, dayOfYear);
  const lag = at.lnPrice - base - cover - Math.log(event?.factor ?? 1);
  const terms: ExplainTermInit[] = [
    {
      of: "base",
      text: `${names.good(good)} costs ${shown(Math.exp(base))} at rest`,
      factor: Math.exp(base),
    },
    {
      of: "cover",
      text: `there is enough for ${days(coverDays)}, and it has to last ${days(reachDays)}`,
      factor: Math.exp(cover),
    },
  ];
  if (event !== undefined) terms.push({ of: "event", ...event });
  if (Math.abs(lag) > NEAR)
    terms.push({ of: "lag", text: "prices follow within a day, and wander a little", factor: Math.exp(lag) });
  for (const number of valley.places[place]?.links ?? []) {
    const route = books.routes[number];
    const link = valley.links[number];
    if (route === undefined || link === undefined || route.open) continue;
    const beyond = link.from === place ? link.to : link.from;
    terms.push({
      of: "road",
      text: `${names.road(link.roadId)} to ${names.place(beyond)} is ${WHY[route.why]}`,
      factor: 1,
      causePublisher: route.causePublisher,
      causeSequence: route.causeSequence,
    });
  }
  const price = priceOf(at);
  const ratio = price / Math.exp(base);
  const text = `${capital(names.good(good))} in ${names.place(place)} costs ${shown(price)}, ${inWords(ratio)}`;
  return { atGs, text, terms };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const shown = (price: number) => price.toFixed(price < 100 ? 1 : 0);
const days = (count: number) => (count >= 1_000 ? "years" : `${count.toFixed(count < 10 ? 1 : 0)} days`);

function inWords(ratio: number): string {
  if (Math.abs(ratio - 1) < 0.05) return "as usual";
  return ratio > 1 ? `${ratio.toFixed(1)} times the usual` : `${Math.round(100 * ratio)} % of the usual`;
}
