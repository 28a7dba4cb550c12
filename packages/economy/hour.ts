import type { Market } from "@orrery/schema/world/v1";
import { arrive } from "./arrive.ts";
import type { Books } from "./books.ts";
import { useUp } from "./eat.ts";
import type { Hour } from "./given.ts";
import { make } from "./make.ts";
import { type PriceMove, movePrices } from "./price.ts";
import { payWages } from "./wages.ts";
import { type LevelChange, watchShortages } from "./shortage.ts";
import { learnStores } from "./stores.ts";
import { trade } from "./trade.ts";
import type { Valley } from "./valley.ts";

/** What an hour did that is worth telling. */
export interface HourNews {
  readonly prices: readonly PriceMove[];
  readonly shortages: readonly LevelChange[];
}

/** Lets the markets live through an hour. */
export function passHour(valley: Valley, books: Books, hour: Hour): HourNews {
  for (const market of books.markets) forget(market);
  arrive(valley, books, hour);
  make(valley, books, hour);
  useUp(valley, books, hour);
  const prices = movePrices(valley, books, hour);
  trade(valley, books, hour);
  learnStores(valley, books);
  payWages(valley, books);
  return { prices, shortages: watchShortages(valley, books, hour) };
}

/** What is said of the last hour begins anew. */
function forget(market: Market): void {
  market.made = 0;
  market.used = 0;
  market.came = 0;
  market.went = 0;
}
