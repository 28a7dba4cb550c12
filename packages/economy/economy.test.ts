import { MakerWeather, SeasonKind, ShortageLevel, ShortageWhy } from "@orrery/schema/world/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imbalanceOf, moneyOf } from "./books.ts";
import { passDay } from "./day.ts";
import { livingMarkets, threeVillages } from "./economy.testing.ts";
import { FAIR } from "./given.ts";
import { priceOf } from "./wants.ts";
import { priceTerms } from "./price.ts";
import { createYear } from "./year.ts";

const DAY = 24;

describe("the books", () => {
  it("account for every grain and every penny, whatever weather, luck and roads do", () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.nat(40),
        (draws, closes) => {
          const next = () => draws.next().value as number;
          const valley = threeVillages({ carriages: [{ roadId: "place:road", capacity: 90, risk: 0.3 }] });
          const markets = livingMarkets(valley, { uniform: next, normal: () => 6 * (next() - 0.5) });
          const { books } = markets;
          const money = moneyOf(books);
          for (let day = 0; day < 12; day++) {
            if (closes % 7 === day) markets.close(closes % 2);
            markets.live(DAY, {
              labour: next,
              sky: () => ({
                outdoor: next(),
                move: next(),
                traction: next(),
                snowMm: 900 * next(),
                drought: next(),
              }),
            });
            passDay(valley, books, day * 86_400);
            expect(moneyOf(books)).toBe(money);
            for (const { money: purse } of books.purses) {
              expect(purse).toBeGreaterThanOrEqual(0);
              expect(Number.isInteger(purse)).toBe(true);
            }
            for (const { stock, inbound } of books.markets) {
              expect(stock).toBeGreaterThanOrEqual(0);
              expect(inbound).toBeGreaterThanOrEqual(0);
            }
            valley.goods.forEach((_, good) =>
              expect(Math.abs(imbalanceOf(valley, books, good))).toBeLessThan(1e-9),
            );
          }
        },
      ),
      { numRuns: 25, seed: 7 },
    );
  });
});

describe("a price", () => {
  it("rests within 5 % of its target after ten days without luck", () => {
    const valley = threeVillages();
    const markets = livingMarkets(valley);
    markets.live(10 * DAY);
    markets.books.markets.forEach((market, number) => {
      const { base, cover } = priceTerms(valley, markets.books, number, SeasonKind.SPRING, 10);
      expect(Math.abs(market.lnPrice - (base + cover))).toBeLessThan(0.05);
    });
  });

  it("moves 8 % an hour at most, and stays within a fifth and six times its base", () => {
    const valley = threeVillages();
    const markets = livingMarkets(valley, { uniform: () => 1, normal: () => 3 });
    markets.close(0);
    markets.close(1);
    let before = markets.books.markets.map(({ lnPrice }) => lnPrice);
    for (let hour = 0; hour < 60 * DAY; hour++) {
      markets.live(1);
      markets.books.markets.forEach((market, number) => {
        expect(Math.abs(market.lnPrice - before[number]!)).toBeLessThanOrEqual(0.08 + 1e-9);
        const base = valley.goods[valley.markets[number]!.good]!.base;
        expect(priceOf(market)).toBeGreaterThanOrEqual(0.2 * base - 1e-9);
        expect(priceOf(market)).toBeLessThanOrEqual(6 * base + 1e-9);
      });
      before = markets.books.markets.map(({ lnPrice }) => lnPrice);
    }
  });

  it("is told when it has moved by 5 %, and not again before it has moved as far", () => {
    const markets = livingMarkets(threeVillages());
    markets.close(1);
    const told = markets.live(20 * DAY).flatMap(({ prices }) => prices);
    const grain = told.filter(({ market }) => market === 6);
    expect(grain.length).toBeGreaterThan(5);
    for (const [n, { price, prev }] of grain.entries()) {
      expect(Math.abs(Math.log(price / prev))).toBeGreaterThanOrEqual(Math.log(1.05) - 1e-9);
      if (n > 0) expect(prev).toBeCloseTo(grain[n - 1]!.price, 9);
    }
  });
});

describe("a closed road", () => {
  it("makes bread dear beyond it, then short, by its fault; and it eases when the road is open again", () => {
    const markets = livingMarkets(threeVillages());
    markets.live(5 * DAY);
    const before = priceOf(markets.at("end", "grain"));
    markets.close(1);
    const [first] = markets.live(13 * DAY).flatMap(({ shortages }) => shortages);
    expect(first).toMatchObject({ level: ShortageLevel.SHORT });
    expect(priceOf(markets.at("end", "grain"))).toBeGreaterThan(1.5 * before);
    expect(markets.at("field", "grain").unmet).toBe(0);
    expect(markets.at("end", "grain").unmetWhy).toBe(ShortageWhy.ROAD);
    markets.close(1, true);
    const after = markets.live(15 * DAY).flatMap(({ shortages }) => shortages);
    const eased = after.filter(({ level, market }) => level === ShortageLevel.EASED && market === 6);
    expect(eased).toHaveLength(1);
    expect(markets.at("end", "grain").level).toBe(ShortageLevel.UNSPECIFIED);
  });

  it("drives a household away after ten hungry days, its money with it, and no sooner", () => {
    const valley = threeVillages({ carriages: [] });
    const markets = livingMarkets(valley);
    const { books } = markets;
    markets.at("end", "grain").stock = 0;
    markets.at("end", "fuel").stock = 0;
    const money = moneyOf(books);
    const left = Array.from({ length: 11 }, (_, day) => {
      markets.live(DAY);
      return passDay(valley, books, (day + 1) * 86_400).length;
    });
    expect(left).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(books.purses[2]!.crowd).toBe(190);
    expect(books.purses[1]!.crowd).toBe(110);
    expect(moneyOf(books)).toBe(money);
  });

  it("sends them home a month after the last has left, when there is bread again, one household a day", () => {
    const valley = threeVillages();
    const markets = livingMarkets(valley);
    const { books } = markets;
    const [, forge, end] = books.purses;
    [forge!.crowd, end!.crowd, end!.movedGs] = [120, 180, 86_400];
    const money = moneyOf(books);
    const crowds = Array.from({ length: 40 }, (_, day) => {
      passDay(valley, books, (day + 1) * 86_400);
      return end!.crowd;
    });
    expect(crowds.slice(0, 30).every((crowd) => crowd === 180)).toBe(true);
    expect(crowds.slice(30)).toEqual([185, 190, 195, 200, 200, 200, 200, 200, 200, 200]);
    expect(forge!.crowd).toBe(100);
    expect(moneyOf(books)).toBe(money);
  });

  it("empties no village for good: over years as many live there as bread allows", () => {
    const valley = threeVillages();
    const { books } = livingMarkets(valley);
    const end = books.purses[2]!;
    const all = () => books.purses.reduce((sum, { crowd }) => sum + crowd, 0);
    const before = all();
    const least = [];
    for (let day = 1; day <= 400; day++) {
      // A hungry month at each year's end.
      end.hungryHours = day % 100 >= 70 ? 24 : 0;
      passDay(valley, books, day * 86_400);
      if (day % 100 === 69) least.push(end.crowd);
    }
    expect(least).toEqual([200, 200, 200, 200]);
    expect(all()).toBe(before);
  });
});

describe("makers", () => {
  it("stop when what they need has run out, and others with them, in the end", () => {
    const valley = threeVillages();
    const markets = livingMarkets(valley);
    markets.live(DAY);
    expect(markets.at("forge", "tools").made).toBeGreaterThan(0);
    markets.close(0);
    // What is on its way still comes.
    markets.live(DAY);
    markets.at("forge", "fuel").stock = 0;
    markets.live(1);
    expect(markets.at("forge", "tools").made).toBe(0);
  });

  it("make what their hands make: half of them, half as much", () => {
    const whole = livingMarkets(threeVillages());
    const half = livingMarkets(threeVillages());
    whole.live(1);
    half.live(1, { labour: () => 0.5 });
    expect(half.at("field", "grain").made).toBeCloseTo(whole.at("field", "grain").made / 2, 9);
  });

  it("of the fields suffer drought and snow, others do not", () => {
    const valley = threeVillages();
    const field = threeVillages({
      makers: [
        {
          id: "maker:field",
          regionId: "region:field",
          goodId: "good:grain",
          capacity: 30,
          hands: 1,
          weather: MakerWeather.FIELD,
        },
      ],
    });
    const dry = { sky: () => ({ ...FAIR, drought: 1 }) };
    const made = (one: typeof valley, over: object) => {
      const markets = livingMarkets(one);
      markets.live(1, over);
      return markets.at("field", "grain").made;
    };
    expect(made(field, dry)).toBeCloseTo(0.3 * made(field, {}), 9);
    expect(made(valley, dry)).toBe(made(valley, {}));
  });
});

describe("a harvest", () => {
  const autumn = [undefined, new Set([SeasonKind.AUTUMN])];
  const seasons = [SeasonKind.SPRING, SeasonKind.SUMMER, SeasonKind.AUTUMN, SeasonKind.WINTER].map(
    (kind, at) => ({
      kind,
      startDay: at * 10 + 1,
    }),
  );
  const year = createYear(seasons, 40, autumn);

  it("has to last until the next one: stocks are at ease by that, and a filling barn is no glut", () => {
    expect(year.reach(0, 5)).toBe(10);
    expect(year.reach(1, 20)).toBe(11);
    expect(year.reach(1, 31)).toBe(10 + 30);
    expect(year.reach(1, 21)).toBe(10);
    expect(year.reach(1, 26)).toBe(10 + 15);
    expect(year.reach(1, 40)).toBe(10 + 21);
  });
});

it("a world where nobody lives has prices all the same, and no shortage", () => {
  const markets = livingMarkets(threeVillages({ crowds: [] }));
  const told = markets.live(5 * DAY);
  expect(told.flatMap(({ shortages }) => shortages)).toEqual([]);
  for (const { lnPrice } of markets.books.markets) expect(Number.isFinite(lnPrice)).toBe(true);
});
