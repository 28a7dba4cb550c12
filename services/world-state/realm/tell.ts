import { coverOf, type HourNews, priceOf, type Valley } from "@orrery/economy";
import {
  MarketsSampled,
  Need,
  PriceChanged,
  PriceWhy,
  ShortageDeclared,
  ShortageLevel,
  ShortageWhy,
  type SeasonKind,
  WorldEventTrigger,
} from "@orrery/schema/world/v1";
import type { EventId } from "@orrery/wire";
import type { Books } from "@orrery/economy";
import { resolve, trigger } from "./events/happen.ts";
import type { RealmContext, RealmWorld } from "./state.ts";

const namesOf = ({ markets, places, goods }: Valley, market: number) => {
  const { id, place, good } = markets[market] as Valley["markets"][number];
  return { marketId: id, regionId: places[place]?.id ?? "", goodId: goods[good]?.id ?? "" };
};

/** Says what an hour did to prices and shortages within the land. */
export function tellNews(
  state: RealmWorld,
  valley: Valley,
  books: Books,
  news: HourNews,
  atGs: number,
  ctx: RealmContext,
): void {
  const isInside = (market: number) => valley.places[valley.markets[market]?.place ?? -1]?.outside === false;
  for (const { market, price, prev, ratio, coverDays, trend, why } of news.prices) {
    if (!isInside(market)) continue;
    const said = { ...namesOf(valley, market), atGs, price, prev, ratio, coverDays, trend, why };
    // What is dear because it is short leads on to why it is.
    const isDear = why === PriceWhy.SCARCITY && price > prev;
    const cause = isDear ? shortageOf(books, market) : undefined;
    ctx.emit(PriceChanged, said, cause && { cause });
  }
  for (const { market, level, coverDays, unmet, why } of news.shortages) {
    if (!isInside(market)) continue;
    const { staple = false, serves = Need.UNSPECIFIED } =
      valley.goods[valley.markets[market]?.good ?? -1] ?? {};
    // A closed road is behind it: the chain leads on to that, and to what closed it.
    const cause = why === ShortageWhy.ROAD ? closedBy(valley, books, market) : undefined;
    const said = { ...namesOf(valley, market), atGs, level, coverDays, unmet, staple, serves, why };
    const { publisher, sequence } = ctx.emit(ShortageDeclared, said, cause && { cause });
    const isOver = level === ShortageLevel.EASED;
    const { regionId } = said;
    if (staple && level === ShortageLevel.SHORT)
      trigger(state, WorldEventTrigger.SHORTAGE, regionId, { publisher, sequence }, atGs, ctx);
    if (staple && isOver) resolve(state, WorldEventTrigger.SHORTAGE, regionId, atGs, ctx);
    Object.assign(books.markets[market] ?? {}, {
      causePublisher: isOver ? "" : publisher,
      causeSequence: isOver ? 0 : sequence,
    });
  }
}

/** The shortage that was said of a market and is not over; undefined: there is none. */
function shortageOf({ markets }: Books, market: number): EventId | undefined {
  const { causePublisher = "", causeSequence = 0 } = markets[market] ?? {};
  return causePublisher === "" ? undefined : { publisher: causePublisher, sequence: causeSequence };
}

function closedBy({ markets, places }: Valley, { routes }: Books, market: number): EventId | undefined {
  const closed = (places[markets[market]?.place ?? -1]?.links ?? [])
    .flatMap((link) => routes[link] ?? [])
    .find(({ open, causePublisher }) => !open && causePublisher !== "");
  return closed && { publisher: closed.causePublisher, sequence: closed.causeSequence };
}

/** A large world's hour is noted in several events, none near the size of a frame. */
const MARKETS_AN_EVENT = 2_048;

/** The hour as history keeps it. */
export function sample(
  valley: Valley,
  books: Books,
  season: SeasonKind,
  atGs: number,
  ctx: RealmContext,
): void {
  const count = valley.goods.length;
  const placesAnEvent = Math.max(1, Math.floor(MARKETS_AN_EVENT / count));
  for (let first = 0; first < valley.places.length; first += placesAnEvent) {
    const places = valley.places.slice(first, first + placesAnEvent);
    const markets = books.markets.slice(first * count, (first + places.length) * count);
    ctx.emit(MarketsSampled, {
      atGs,
      regionIds: places.map(({ id }) => id),
      goodIds: valley.goods.map(({ id }) => id),
      prices: markets.map(priceOf),
      stocks: markets.map(({ stock }) => stock),
      coverDays: markets.map((_, at) => coverOf(valley, books, first * count + at, season)),
    });
  }
}
