import { type Market, ShortageWhy } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import type { Hour } from "./given.ts";
import { priceOf, wantedIn } from "./wants.ts";
import { take } from "./make.ts";
import type { Valley } from "./valley.ts";

const HOURS = 24;
/** People buy all that they want as long as their purse holds what so many hours cost. */
const PURSE_HOURS = 6;

/** People buy and use what they want, are able to pay and find; some of the rest spoils. */
export function useUp(valley: Valley, books: Books, { season, sway }: Hour): void {
  const count = valley.goods.length;
  valley.places.forEach(({ links }, place) => {
    const wanted = valley.goods.map((_, good) => {
      const market = valley.market(place, good);
      return wantedIn(valley, books, market, season) * sway.use(market);
    });
    const costs = wanted.reduce(
      (sum, quantity, good) => sum + quantity * priceOf(books.markets[valley.market(place, good)] as Market),
      0,
    );
    const money = books.purses[place]?.money ?? 0;
    const affords = costs === 0 ? 1 : Math.min(1, money / (PURSE_HOURS * costs));
    const cutOff = links.some((link) => books.routes[link]?.open === false);
    for (let good = 0; good < count; good++) {
      const number = valley.market(place, good);
      const market = books.markets[number] as Market;
      const want = wanted[good] ?? 0;
      const paid = want * affords;
      const eaten = take(valley, books, number, paid);
      market.unmet = want === 0 ? 0 : 1 - eaten / want;
      if (eaten < paid) market.unmetWhy = cutOff ? ShortageWhy.ROAD : ShortageWhy.SCARCITY;
      else if (affords < 1) market.unmetWhy = ShortageWhy.MONEY;
      else market.unmetWhy = cutOff ? ShortageWhy.ROAD : ShortageWhy.SCARCITY;
      spoil(valley, books, number);
    }
  });
}

function spoil({ markets, goods }: Valley, books: Books, number: number): void {
  const good = markets[number]?.good ?? -1;
  const market = books.markets[number] as Market;
  const spoiled = (market.stock * (goods[good]?.spoilage ?? 0)) / HOURS;
  if (spoiled === 0) return;
  market.stock -= spoiled;
  const book = books.goods[good];
  if (book !== undefined) book.spoiled += spoiled;
}
