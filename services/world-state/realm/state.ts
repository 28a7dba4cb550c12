import {
  Market,
  MarketsSampled,
  PriceChanged,
  Purse,
  RealmGround,
  RealmSky,
  RealmState,
  Route,
  RouteChanged,
  Shift,
  Shipment,
  ShortageDeclared,
  Stockbook,
} from "@orrery/schema/world/v1";
import type { Context, State } from "@orrery/simulation/define";
import type { Standing } from "./standing.ts";

/*
 * Markets by `region/good`, purses, skies by region (or edge), routes by stretches of road, books by good, shifts by
 * the place where somebody works.
 */
export const tables = {
  grounds: RealmGround,
  markets: Market,
  purses: Purse,
  routes: Route,
  shipments: Shipment,
  books: Stockbook,
  skies: RealmSky,
  shifts: Shift,
};
export const emits = [PriceChanged, ShortageDeclared, RouteChanged, MarketsSampled];

export type RealmWorld = State<RealmState, typeof tables>;
export type RealmContext = Context<(typeof emits)[number], Standing>;

/** The one page of `grounds`. */
export const PACK = "pack";
