import { create } from "@bufbuild/protobuf";
import { type Market, type Purse, type SeasonKind, ShipmentSchema } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import type { Hour } from "./given.ts";
import { reachDays } from "./stores.ts";
import type { Valley } from "./valley.ts";
import { priceOf, useOf } from "./wants.ts";
import { openWays, type Way } from "./ways.ts";

const HOUR_GS = 3_600;
/** On a dry road. */
const CART_KM_H = 4;
/** What carrying one costs a km: a part for the cart, a part by what it is worth. */
const [FREIGHT, FREIGHT_OF_BASE] = [0.2, 0.001];
/** What the price there has to be above that, for somebody to set out. */
const MARGIN = 0.08;
/** Share of what lies above the reserve that sets out in an hour. */
const SHARE = 0.15;
const RESERVE_DAYS = 3;
/** Nobody loads a cart with less, in shares of one. */
const LEAST = 0.05;

/** Somebody could buy here and sell there. */
interface Chance {
  readonly way: Way;
  readonly good: number;
  readonly freight: number;
  /** What is earned, of what is paid. */
  readonly gap: number;
}

/** What an hour's trade has in hand. */
interface Trading {
  readonly valley: Valley;
  readonly books: Books;
  readonly hour: Hour;
  /** Units that roads still carry in this hour, by link and direction. */
  readonly room: Map<string, number>;
  /** What a day costs the people of a place: no trader spends that. */
  readonly spending: readonly number[];
}

/** Goods go where they are dearer, along open roads and through the markets between, the widest gap first. */
export function trade(valley: Valley, books: Books, hour: Hour): void {
  const prices = books.markets.map(priceOf);
  const chances: Chance[] = [];
  for (const way of openWays(valley, books))
    for (let good = 0; good < valley.goods.length; good++) {
      const here = prices[valley.market(way.from, good)] ?? 0;
      const there = prices[valley.market(way.to, good)] ?? 0;
      if (there <= here) continue;
      const freight = way.km * (FREIGHT + FREIGHT_OF_BASE * (valley.goods[good]?.base ?? 0));
      const gap = (there - here - freight) / here;
      if (gap > MARGIN) chances.push({ way, good, freight, gap });
    }
  chances.sort((one, other) => other.gap - one.gap);
  const spending = valley.places.map((_, place) => spendingOf(valley, books, prices, place, hour.season));
  const trading = { valley, books, hour, room: new Map<string, number>(), spending };
  for (const chance of chances) load(trading, chance);
}

function load(trading: Trading, { way, good, freight }: Chance): void {
  const { valley, books, hour, room, spending } = trading;
  const { atGs, season, dayOfYear } = hour;
  const { from, to, steps } = way;
  const [left, move] = carriedOn(trading, way);
  const source = books.markets[valley.market(from, good)] as Market;
  const sink = books.markets[valley.market(to, good)] as Market;
  const [buyer, seller] = [books.purses[to] as Purse, books.purses[from] as Purse];
  const reserve = RESERVE_DAYS * useOf(valley, books, valley.market(from, good), season);
  // Nobody buys more than has to last until more comes.
  const wanted =
    reachDays(valley, to, good, dayOfYear, buyer.laysInDays) *
      useOf(valley, books, valley.market(to, good), season) -
    sink.stock -
    sink.inbound;
  const price = priceOf(source) + freight;
  const affords = (buyer.money - (spending[to] ?? 0)) / price;
  const quantity = Math.min(left, SHARE * (source.stock - reserve), wanted, affords);
  if (!(quantity >= LEAST) || move <= 0) return;
  for (const { link, to: next } of steps) {
    const name = `${link}>${next}`;
    room.set(name, (room.get(name) ?? 0) - quantity);
  }
  source.stock -= quantity;
  source.went += quantity;
  const paid = Math.min(buyer.money, Math.round(price * quantity));
  buyer.money -= paid;
  seller.money += paid;
  sink.inbound += quantity;
  books.shipments.add(
    create(ShipmentSchema, {
      goodId: valley.goods[good]?.id ?? "",
      quantity,
      fromId: valley.places[from]?.id ?? "",
      toId: valley.places[to]?.id ?? "",
      routeIds: steps.map(({ link }) => valley.links[link]?.id ?? ""),
      departedGs: atGs,
      arrivesGs: atGs + Math.ceil(way.km / (CART_KM_H * move)) * HOUR_GS,
      paid,
    }),
  );
}

/** What the narrowest stretch of a way still carries, and how fast one gets on: as bad as its worst sky. */
function carriedOn(
  { valley, hour, room }: Trading,
  { from, steps }: Way,
): readonly [left: number, move: number] {
  let [left, slowest, here] = [Number.POSITIVE_INFINITY, 1, from];
  for (const { link, to } of steps) {
    const [one, other] = [hour.sky(here), hour.sky(to)];
    const move = Math.min(one.move, other.move);
    const name = `${link}>${to}`;
    const known = room.get(name);
    const capacity =
      known ??
      (valley.links[link]?.capacity ?? 0) *
        move *
        Math.min(one.traction, other.traction) *
        hour.sway.road(link);
    if (known === undefined) room.set(name, capacity);
    left = Math.min(left, capacity);
    slowest = Math.min(slowest, move);
    here = to;
  }
  return [left, slowest];
}

function spendingOf(
  valley: Valley,
  books: Books,
  prices: readonly number[],
  place: number,
  season: SeasonKind,
): number {
  let sum = 0;
  for (let good = 0; good < valley.goods.length; good++) {
    const market = valley.market(place, good);
    sum += useOf(valley, books, market, season) * (prices[market] ?? 0);
  }
  return sum;
}
