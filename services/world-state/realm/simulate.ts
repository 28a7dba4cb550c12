import { clone } from "@bufbuild/protobuf";
import {
  type Books,
  createValley,
  FAIR,
  type Ground,
  passDay,
  passHour,
  priceOf,
  UNSWAYED,
  type Valley,
} from "@orrery/economy";
import {
  type GoodOutlookInit,
  type MarketChange,
  MarketSchema,
  PurseSchema,
  type RealmGround,
  RealmGroundSchema,
  RouteSchema,
  SeasonKind,
  type Shipment,
  ShipmentSchema,
  ShortageLevel,
  StockbookSchema,
} from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import type { Streams } from "@orrery/simulation/define";
import { worldStateErrors } from "../errors.ts";

const HOURS = 24;
const HOUR_GS = 3_600;

export interface Beginning {
  readonly ground: RealmGround;
  readonly books: Books;
  readonly dayOfYear: number;
}

/** @throws WORLD_UNKNOWN_MARKET where a change is about what there is not */
export function changedGround(ground: RealmGround, changes: readonly MarketChange[]): RealmGround {
  const changed = clone(RealmGroundSchema, ground);
  const { goods = [], makers = [], crowds = [] } = changed.economy ?? {};
  const found = <T>(some: readonly T[], id: string): readonly T[] => {
    if (some.length === 0) throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_MARKET, { given: id });
    return some;
  };
  for (const { change } of changes) {
    if (change.case === "base")
      for (const good of found(
        goods.filter(({ id }) => id === change.value.id),
        change.value.id,
      ))
        good.base *= change.value.factor;
    if (change.case === "made")
      for (const maker of found(
        makers.filter(({ goodId }) => goodId === change.value.id),
        change.value.id,
      ))
        maker.capacity *= change.value.factor;
    if (change.case === "people")
      for (const crowd of found(
        crowds.filter(({ regionId }) => regionId === change.value.id),
        change.value.id,
      ))
        crowd.people = Math.round(crowd.people * change.value.factor);
  }
  return changed;
}

/** A copy of the markets that lives for so many days, a day at a time, and what came of it. */
export function* simulateByDay(
  { ground, books, dayOfYear }: Beginning,
  changes: readonly MarketChange[],
  days: number,
  streams: Streams,
): Generator<number, GoodOutlookInit[]> {
  const valley = createValley(changedGround(ground, changes) as Ground);
  if (valley === undefined) return [];
  const copy = copyOf(books);
  for (const { change } of changes) {
    if (change.case === "closedRoad") close(valley, copy, change.value);
    if (change.case === "people") {
      const purse = copy.purses[valley.placeNo(change.value.id)];
      if (purse !== undefined) purse.crowd = Math.round(purse.crowd * change.value.factor);
    }
  }
  const tally = createTally(valley);
  const labour = (works: number) =>
    valley.works[works]?.hands === 0 && valley.works[works]?.workers === 0 ? 0 : 1;
  for (let day = 0; day < days; day++) {
    const today = ((dayOfYear - 1 + day) % Math.max(1, ground.yearDays)) + 1;
    const season =
      ground.seasons.findLast(({ startDay }) => startDay <= today)?.kind ?? SeasonKind.UNSPECIFIED;
    for (let hour = 1; hour <= HOURS; hour++) {
      const number = day * HOURS + hour;
      const luck = streams.stream("what-if", number);
      const atGs = number * HOUR_GS;
      const news = passHour(valley, copy, {
        atGs,
        season,
        dayOfYear: today,
        sky: () => FAIR,
        labour,
        sway: UNSWAYED,
        luck,
      });
      tally.hour(
        copy,
        news.shortages.filter(({ level }) => level === ShortageLevel.SHORT).map(({ market }) => market),
      );
    }
    passDay(valley, copy, (day + 1) * HOURS * HOUR_GS);
    tally.day(copy);
    yield day + 1;
  }
  return tally.outlook();
}

/** @throws WORLD_UNKNOWN_MARKET */
function close({ links }: Valley, { routes }: Books, road: string): void {
  const stretches = links.flatMap(({ id, roadId }, at) => (id === road || roadId === road ? [at] : []));
  if (stretches.length === 0) throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_MARKET, { given: road });
  for (const at of stretches) Object.assign(routes[at] ?? {}, { open: false });
}

/** Books of nobody's. Loads arrive at once: they are few, and where they began is another time. */
function copyOf(books: Books): Books {
  const markets = books.markets.map((market) => clone(MarketSchema, market));
  const loads = new Map<string, Shipment>();
  let departed = 0;
  for (const market of markets) {
    market.stock += market.inbound;
    market.inbound = 0;
  }
  return {
    markets,
    purses: books.purses.map((purse) => clone(PurseSchema, purse)),
    routes: books.routes.map((route) => clone(RouteSchema, route)),
    goods: books.goods.map((good) => clone(StockbookSchema, good)),
    shipments: {
      all: () => loads,
      add: (shipment) => void loads.set(`s${++departed}`, clone(ShipmentSchema, shipment)),
      remove: (id) => void loads.delete(id),
    },
  };
}

/** What is noted of a life, within the land. */
function createTally({ goods, places, markets }: Valley) {
  const inside = markets.flatMap(({ place }, at) => (places[place]?.outside ? [] : [at]));
  const ratios = goods.map((): number[] => []);
  const unmet = goods.map(() => 0);
  const shortages = goods.map(() => 0);
  let hours = 0;
  const goodOf = (market: number) => markets[market]?.good ?? 0;
  return {
    hour(books: Books, short: readonly number[]): void {
      hours += 1;
      for (const market of inside)
        unmet[goodOf(market)] = (unmet[goodOf(market)] ?? 0) + (books.markets[market]?.unmet ?? 0);
      for (const market of short)
        if (places[markets[market]?.place ?? 0]?.outside === false)
          shortages[goodOf(market)] = (shortages[goodOf(market)] ?? 0) + 1;
    },
    day(books: Books): void {
      for (const market of inside) {
        const state = books.markets[market];
        if (state !== undefined)
          ratios[goodOf(market)]?.push(priceOf(state) / (goods[goodOf(market)]?.base ?? 1));
      }
    },
    outlook: (): GoodOutlookInit[] =>
      goods.map(({ id: goodId }, good) => {
        const sorted = ratios[good]?.toSorted((one, other) => one - other) ?? [];
        const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
        const missed = (unmet[good] ?? 0) / Math.max(1, hours * (inside.length / goods.length));
        return {
          goodId,
          p5: at(0.05),
          p50: at(0.5),
          p95: at(0.95),
          unmet: missed,
          shortages: shortages[good] ?? 0,
        };
      }),
  };
}
