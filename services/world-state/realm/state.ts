import {
  Barrier,
  ControlSampled,
  FactionActed,
  FactionRelation,
  FactionRelationChanged,
  FactionStanding,
  Gift,
  Gone,
  GoodsOffered,
  Holding,
  Market,
  MarketsSampled,
  PriceChanged,
  Purse,
  RealmGround,
  RealmSky,
  RealmState,
  RegionControl,
  RegionControlChanged,
  Reputation,
  ReputationChanged,
  Route,
  RouteChanged,
  Shift,
  Shipment,
  RuleHistory,
  ShortageDeclared,
  WorldEvent,
  WorldEventEnded,
  WorldEventStarted,
  Stockbook,
  Successor,
  Trade,
} from "@orrery/schema/world/v1";
import type { Context, State } from "@orrery/simulation/define";
import type { Standing } from "./standing.ts";

/*
 * Markets by `region/good`, purses, skies by region (or edge), routes by stretches of road, books by good, shifts by
 * the place where somebody works; standings by faction, relations by two of them, controls by region; events by
 * their ids, histories by rule; trades by
 * their ids, while they are open; barriers by what bars a road; holdings by
 * player, gifts by their ids, until they are answered; successors by `place/who was there before`;
 * reputations by player, and who was erased of late by a number.
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
  standings: FactionStanding,
  relations: FactionRelation,
  controls: RegionControl,
  events: WorldEvent,
  histories: RuleHistory,
  trades: Trade,
  barriers: Barrier,
  holdings: Holding,
  gifts: Gift,
  successors: Successor,
  reputations: Reputation,
  erased: Gone,
};
export const emits = [
  PriceChanged,
  ShortageDeclared,
  RouteChanged,
  MarketsSampled,
  FactionActed,
  FactionRelationChanged,
  ReputationChanged,
  RegionControlChanged,
  ControlSampled,
  WorldEventStarted,
  WorldEventEnded,
  GoodsOffered,
];

export type RealmWorld = State<RealmState, typeof tables>;
export type RealmContext = Context<(typeof emits)[number], Standing>;

/** The one page of `grounds`. */
export const PACK = "pack";
