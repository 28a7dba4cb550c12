import { create } from "@bufbuild/protobuf";
import { type Books, firstMarket, firstPurse, firstRoute, type Valley } from "@orrery/economy";
import {
  type Market,
  MarketSchema,
  type Purse,
  PurseSchema,
  type Route,
  RouteSchema,
  type Stockbook,
  StockbookSchema,
} from "@orrery/schema/world/v1";
import type { SeenState } from "@orrery/simulation/define";
import type { RealmWorld } from "./state.ts";

/** The pages of a world's tables as books, to be written in. */
export function booksToWrite(state: RealmWorld, valley: Valley): Books {
  const { root, markets, purses, routes, books, shipments } = state;
  return {
    markets: valley.markets.map(({ id }) => markets.edit(id)),
    purses: valley.places.map(({ id }) => purses.edit(id)),
    routes: valley.links.map(({ id }) => routes.edit(id)),
    goods: valley.goods.map(({ id }) => books.edit(id)),
    shipments: {
      all: () => shipments,
      add(shipment) {
        root.departed += 1;
        shipments.add(`s${root.departed}`, shipment);
      },
      remove: (id) => void shipments.remove(id),
    },
  };
}

/** The same, to be read alone: nobody may write in them. */
export function booksToRead(state: SeenState<RealmWorld>, valley: Valley): Books {
  const { markets, purses, routes, books, shipments } = state;
  const never = () => {
    throw new TypeError("these books are to be read alone");
  };
  return {
    markets: valley.markets.map(({ id }) => (markets.get(id) ?? create(MarketSchema)) as Market),
    purses: valley.places.map(({ id }) => (purses.get(id) ?? create(PurseSchema)) as Purse),
    routes: valley.links.map(({ id }) => (routes.get(id) ?? create(RouteSchema)) as Route),
    goods: valley.goods.map(({ id }) => (books.get(id) ?? create(StockbookSchema)) as Stockbook),
    shipments: { all: () => shipments, add: never, remove: never },
  };
}

/** Opens what a pack has and the books do not: all of it in a new world, and what an edit has added. */
export function openBooks(state: RealmWorld, valley: Valley, dayOfYear: number, atGs: number): void {
  const { markets, purses, routes, books } = state;
  valley.places.forEach(({ id }, place) => {
    if (!purses.has(id)) purses.add(id, firstPurse(valley, place));
  });
  for (const { id } of valley.links) if (!routes.has(id)) routes.add(id, firstRoute(atGs));
  for (const { id } of valley.goods) if (!books.has(id)) books.add(id, create(StockbookSchema));
  valley.markets.forEach(({ id, good }, number) => {
    if (markets.has(id)) return;
    const market = markets.add(id, firstMarket(valley, number, dayOfYear));
    books.edit(valley.goods[good]?.id ?? "").initial += market.stock;
  });
}
