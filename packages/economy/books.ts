import { create } from "@bufbuild/protobuf";
import {
  type Market,
  MarketSchema,
  type Purse,
  PurseSchema,
  type Route,
  RouteSchema,
  type Shipment,
  type Stockbook,
  StockbookSchema,
} from "@orrery/schema/world/v1";
import { reachDays } from "./stores.ts";
import type { Valley } from "./valley.ts";

/** What is where, and who has what: the pages of a service's tables, or messages of nobody's. All by the valley's numbers. */
export interface Books {
  readonly markets: readonly Market[];
  readonly purses: readonly Purse[];
  readonly routes: readonly Route[];
  readonly goods: readonly Stockbook[];
  readonly shipments: Shipments;
}

/** What a load is known by. */
export type Load = Readonly<
  Pick<Shipment, "goodId" | "quantity" | "fromId" | "toId" | "departedGs" | "arrivesGs">
> & { readonly routeIds: readonly string[] };

/** Loads on their way, by ids. */
export interface Shipments {
  all(): Iterable<readonly [id: string, load: Load]>;
  add(shipment: Shipment): void;
  remove(id: string): void;
}

/** Days of spending that a purse begins with. */
const PURSE_DAYS = 10;

const priceAtRest = (valley: Valley, good: number) => valley.goods[good]?.base ?? 0;

/** What a day costs the people of a place, at what prices are at rest. */
function spendingAtRest(valley: Valley, place: number): number {
  const { crowd, named } = valley.places[place] as Valley["places"][number];
  return valley.goods.reduce(
    (sum, { use }, good) => sum + (crowd + named) * use * priceAtRest(valley, good),
    0,
  );
}

/** A market as a world begins with it: prices at rest, and as much there as lasts until more comes. */
export function firstMarket(valley: Valley, number: number, dayOfYear: number): Market {
  const { place, good, madeOf } = valley.markets[number] as Valley["markets"][number];
  const { crowd, named } = valley.places[place] as Valley["places"][number];
  const { base, use } = valley.goods[good] as Valley["goods"][number];
  const lnPrice = Math.log(base);
  const stock = ((crowd + named) * use + madeOf) * reachDays(valley, place, good, dayOfYear, 0);
  return create(MarketSchema, { stock, lnPrice, meanLn: lnPrice, toldLn: lnPrice });
}

export function firstPurse(valley: Valley, place: number): Purse {
  const { crowd } = valley.places[place] as Valley["places"][number];
  return create(PurseSchema, { money: Math.round(PURSE_DAYS * spendingAtRest(valley, place)), crowd });
}

export const firstRoute = (atGs: number): Route => create(RouteSchema, { open: true, sinceGs: atGs });

/** Loads in memory. */
export function shipmentsInMemory(): Shipments {
  const loads = new Map<string, Shipment>();
  let departed = 0;
  return {
    all: () => loads,
    add: (shipment) => void loads.set(`s${++departed}`, shipment),
    remove: (id) => void loads.delete(id),
  };
}

/** Books in memory, of a world that begins on a day of the year. */
export function openBooks(valley: Valley, dayOfYear: number, atGs = 0): Books {
  const markets = valley.markets.map((_, number) => firstMarket(valley, number, dayOfYear));
  return {
    markets,
    purses: valley.places.map((_, place) => firstPurse(valley, place)),
    routes: valley.links.map(() => firstRoute(atGs)),
    goods: valley.goods.map((_, good) =>
      create(StockbookSchema, { initial: stockOf(valley, markets, good) }),
    ),
    shipments: shipmentsInMemory(),
  };
}

function stockOf(valley: Valley, markets: readonly Market[], good: number): number {
  return markets.reduce((sum, { stock }, at) => sum + (valley.markets[at]?.good === good ? stock : 0), 0);
}

/** What is missing of a good, as a share of all of it that there ever was; 0 but for rounding. */
export function imbalanceOf(valley: Valley, books: Books, good: number): number {
  const { initial, made, used, spoiled, lost, held, sold, bought } = books.goods[good] as Stockbook;
  const id = valley.goods[good]?.id;
  let onTheWay = 0;
  for (const [, { goodId, quantity }] of books.shipments.all()) if (goodId === id) onTheWay += quantity;
  const there = stockOf(valley, books.markets, good) + onTheWay + used + spoiled + lost + held + sold;
  const ever = initial + made + bought;
  return (there - ever) / Math.max(1, ever);
}

/** All money there is; it never changes. */
export const moneyOf = ({ purses }: Pick<Books, "purses">): number =>
  purses.reduce((sum, { money }) => sum + money, 0);
