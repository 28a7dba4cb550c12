import { create } from "@bufbuild/protobuf";
import { type Market, type Purse, type SeasonKind, ShipmentSchema } from "@orrery/schema/world/v1";
import type { Books } from "./books.ts";
import type { Hour } from "./given.ts";
import { priceOf, useOf } from "./wants.ts";
import { reachDays } from "./stores.ts";
import type { Link, Valley } from "./valley.ts";

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
  readonly link: Link;
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly good: number;
  readonly freight: number;
  /** What is earned, of what is paid. */
  readonly gap: number;
}

/** Goods go where they are dearer, along open roads, the widest gap first. */
export function trade(valley: Valley, books: Books, hour: Hour): void {
  const chances: Chance[] = [];
  valley.links.forEach((link, number) => {
    if (books.routes[number]?.open !== true || link.capacity === 0) return;
    for (let good = 0; good < valley.goods.length; good++) {
      look(valley, books, { link, number, from: link.from, to: link.to, good }, chances);
      look(valley, books, { link, number, from: link.to, to: link.from, good }, chances);
    }
  });
  chances.sort((one, other) => other.gap - one.gap);
  const room = new Map<string, number>();
  for (const chance of chances) load(valley, books, hour, chance, room);
}

function look(
  valley: Valley,
  { markets }: Books,
  way: Omit<Chance, "freight" | "gap">,
  chances: Chance[],
): void {
  const { from, to, good, link } = way;
  const here = priceOf(markets[valley.market(from, good)] as Market);
  const there = priceOf(markets[valley.market(to, good)] as Market);
  const freight = link.km * (FREIGHT + FREIGHT_OF_BASE * (valley.goods[good]?.base ?? 0));
  const gap = (there - here - freight) / here;
  if (gap > MARGIN) chances.push({ ...way, freight, gap });
}

/** @param room units that a road still carries in this hour, by direction */
function load(
  valley: Valley,
  books: Books,
  { atGs, season, dayOfYear, sky }: Hour,
  { link, from, to, good, freight }: Chance,
  room: Map<string, number>,
): void {
  const [here, there] = [sky(from), sky(to)];
  const move = Math.min(here.move, there.move);
  const traction = Math.min(here.traction, there.traction);
  const direction = `${link.id}>${to}`;
  const left = room.get(direction) ?? link.capacity * move * traction;
  const source = books.markets[valley.market(from, good)] as Market;
  const reserve = RESERVE_DAYS * useOf(valley, books, valley.market(from, good), season);
  const price = priceOf(source) + freight;
  const [buyer, seller] = [books.purses[to] as Purse, books.purses[from] as Purse];
  const sink = books.markets[valley.market(to, good)] as Market;
  // Nobody buys more than has to last until more comes.
  const wanted =
    reachDays(valley, to, good, dayOfYear, buyer.laysInDays) *
      useOf(valley, books, valley.market(to, good), season) -
    sink.stock -
    sink.inbound;
  const affords = (buyer.money - spendingOf(valley, books, to, season)) / price;
  const quantity = Math.min(left, SHARE * (source.stock - reserve), wanted, affords);
  if (!(quantity >= LEAST) || move <= 0) return;
  room.set(direction, left - quantity);
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
      routeId: link.id,
      departedGs: atGs,
      arrivesGs: atGs + Math.ceil(link.km / (CART_KM_H * move)) * HOUR_GS,
      paid,
    }),
  );
}

/** What a day costs the people of a place: no trader spends that. */
function spendingOf(valley: Valley, books: Books, place: number, season: SeasonKind): number {
  let sum = 0;
  for (let good = 0; good < valley.goods.length; good++) {
    const market = valley.market(place, good);
    sum += useOf(valley, books, market, season) * priceOf(books.markets[market] as Market);
  }
  return sum;
}
