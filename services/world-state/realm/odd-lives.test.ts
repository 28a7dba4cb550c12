import { imbalanceOf } from "@orrery/economy";
import { HourChanged } from "@orrery/schema/time/v1";
import {
  FactionActed,
  MarketsSampled,
  type Pack,
  PriceChanged,
  ShortageDeclared,
} from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { booksToRead } from "./books.ts";
import { DAY_GS, hollowmere, hour, HOUR_GS, realmWorld } from "./valley.testing.ts";

let pack: Pack;
beforeEach(async () => {
  pack = await hollowmere();
});
type Realm = ReturnType<typeof realmWorld>;
/** How far the books of any good are off. */
const off = ({ world }: Realm) => {
  const { valley } = world.derived;
  const books = booksToRead(world.state, valley!);
  return Math.max(...valley!.goods.map((_, good) => Math.abs(imbalanceOf(valley!, books, good))));
};

describe("a valley without people", () => {
  it("has its days all the same: nobody wants anything, nothing is short, no number is none, and the books add up", () => {
    if (pack.society) pack.society.persons = [];
    if (pack.economy) pack.economy.crowds = [];
    const realm = realmWorld(pack);
    realm.passUntil(10 * DAY_GS);
    const { world } = realm;
    expect(world.emitted(MarketsSampled)).toHaveLength(240);
    expect(world.emitted(ShortageDeclared)).toEqual([]);
    for (const { event } of world.emitted(PriceChanged)) expect(event.price).toBeGreaterThan(0);
    for (const { event } of world.emitted(FactionActed)) expect(Number.isFinite(event.utility)).toBe(true);
    const { prices, stocks } = world.emitted(MarketsSampled).at(-1)!.event;
    expect([...prices, ...stocks].every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    expect(off(realm)).toBeLessThan(1e-6);
  });
});

describe("a clock that jumps half a day", () => {
  it("is made up for hour by hour: as if each of them had struck", () => {
    const [jumped, struck] = [realmWorld(pack), realmWorld(pack)];
    for (const realm of [jumped, struck]) realm.passUntil(6 * HOUR_GS);
    jumped.world.tell(HourChanged, hour(18 * HOUR_GS));
    struck.passUntil(18 * HOUR_GS);
    const sampled = ({ world }: Realm) => world.emitted(MarketsSampled).map(({ event }) => event);
    expect(sampled(jumped)).toEqual(sampled(struck));
    expect(sampled(jumped)).toHaveLength(18);
    expect(off(jumped)).toBeLessThan(1e-9);
  });
});
