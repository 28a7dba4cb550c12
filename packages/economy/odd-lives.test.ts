import { SeasonKind, ShortageWhy } from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { moneyOf } from "./books.ts";
import { livingMarkets, threeVillages } from "./economy.testing.ts";
import { priceTerms } from "./price.ts";

const DAY = 24;
const crowds = (field: number, forge: number, end: number) => [
  { regionId: "region:field", people: field },
  { regionId: "region:forge", people: forge },
  { regionId: "region:end", people: end },
];

describe("a famine beside plenty", () => {
  it("is over in days: the dear price draws the carts, and the rich keep their reserve", () => {
    const markets = livingMarkets(threeVillages());
    markets.at("end", "grain").stock = 0;
    markets.at("field", "grain").stock = 2_000;
    markets.live(DAY);
    expect(markets.at("end", "grain").unmet + markets.at("end", "grain").came).toBeGreaterThan(0);
    markets.live(6 * DAY);
    expect(markets.at("end", "grain").unmet).toBe(0);
    expect(markets.at("end", "grain").stock).toBeGreaterThan(20);
    expect(markets.at("field", "grain").stock).toBeGreaterThan(3 * 150 * 0.05);
  });
});

describe("hunger without money beside full barns", () => {
  it("is said to be for want of money, and not of bread; wages end it", () => {
    const markets = livingMarkets(threeVillages());
    const { books } = markets;
    const money = moneyOf(books);
    const [field, , end] = books.purses;
    field!.money += end!.money;
    end!.money = 0;
    markets.live(1);
    const bread = markets.at("end", "grain");
    expect(bread.stock).toBeGreaterThan(50);
    expect(bread.unmet).toBeGreaterThan(0.5);
    expect(bread.unmetWhy).toBe(ShortageWhy.MONEY);
    markets.live(3 * DAY);
    expect(markets.at("end", "grain").unmet).toBeLessThan(0.05);
    expect(moneyOf(books)).toBe(money);
  });
});

describe("a hub of four poor people on the only road", () => {
  it("is passed through: what lies beyond lives as if they were rich", () => {
    const markets = livingMarkets(threeVillages({ crowds: crowds(150, 4, 200) }));
    markets.at("end", "grain").stock = 0;
    markets.live(20 * DAY);
    expect(markets.at("end", "grain").unmet).toBe(0);
    expect(markets.at("end", "grain").stock).toBeGreaterThan(30);
    expect(markets.at("forge", "grain").unmet).toBeLessThan(0.05);
  });
});

describe("an inn with food and a cook out of fuel", () => {
  it("sells what is cooked and cooks no more; the flour stays where it is until there is fuel", () => {
    const [grain, fuel] = [
      { id: "good:grain", name: "grain", base: 30 },
      { id: "good:fuel", name: "fuel", base: 40 },
    ];
    const kitchen = {
      ...{ id: "maker:kitchen", placeId: "place:inn", regionId: "region:end", goodId: "good:meal" },
      ...{ capacity: 10, hands: 1 },
      needs: [
        { goodId: "good:grain", quantity: 1 },
        { goodId: "good:fuel", quantity: 0.5 },
      ],
    };
    const meal = { id: "good:meal", name: "meal", base: 60, use: 0.02 };
    const crowds = [{ regionId: "region:end", people: 100 }];
    const markets = livingMarkets(threeVillages({ goods: [grain, fuel, meal], makers: [kitchen], crowds }));
    const [flour, wood, meals] = ["grain", "fuel", "meal"].map((good) => markets.at("end", good));
    Object.assign(flour!, { stock: 100 });
    Object.assign(wood!, { stock: 0 });
    markets.close(0);
    markets.close(1);
    const cooked = meals!.stock;
    markets.live(5 * DAY);
    expect(flour!.stock).toBe(100);
    expect(meals!.stock).toBeLessThan(cooked);
    const left = meals!.stock;
    Object.assign(wood!, { stock: 50 });
    markets.live(5 * DAY);
    expect(flour!.stock).toBeLessThan(100);
    expect(meals!.stock).toBeGreaterThan(left - 5 * 2);
  });
});

describe("a village that everybody has left", () => {
  it("sends what it has to where people are, and wants nothing", () => {
    const markets = livingMarkets(threeVillages({ crowds: crowds(150, 100, 0) }));
    markets.at("end", "grain").stock = 400;
    markets.live(10 * DAY);
    expect(markets.at("end", "grain").stock).toBeLessThan(370);
    expect(markets.at("end", "grain").inbound).toBe(0);
  });
});

describe("people whose road is closed for long", () => {
  const coverAt = (markets: ReturnType<typeof livingMarkets>, good: string) =>
    markets.at("end", good).stock + markets.at("end", good).inbound;

  it("lay in for as long from then on, and forget half of it in a year", () => {
    const valley = threeVillages();
    const markets = livingMarkets(valley);
    const purse = markets.books.purses[2]!;
    markets.close(1);
    markets.live(20 * DAY);
    expect([purse.cutOffHours, purse.laysInDays]).toEqual([20 * DAY, 0]);
    markets.close(1, true);
    markets.live(1);
    expect(purse.cutOffHours).toBe(0);
    expect(purse.laysInDays).toBeCloseTo(20, 1);
    const [, terms] = [1, 20].map((day) => priceTerms(valley, markets.books, 6, SeasonKind.SPRING, day));
    expect(terms?.reachDays).toBeCloseTo(30, 1);
    markets.live(360 * DAY);
    expect(purse.laysInDays).toBeCloseTo(10, 0);
    // Ten days of use are 100 units of grain: they keep about twice as much.
    expect(coverAt(markets, "grain")).toBeGreaterThan(120);
  });

  it("begin with such stores where a pack says so, but of what spoils with no more than half would last", () => {
    const stored = threeVillages({
      goods: [
        { id: "good:grain", name: "grain", base: 30, use: 0.05 },
        { id: "good:fish", name: "fish", base: 30, use: 0.05, spoilage: 0.05 },
      ],
      makers: [],
      crowds: [{ regionId: "region:end", people: 200, storesDays: 60 }],
    });
    const markets = livingMarkets(stored);
    expect(markets.at("end", "grain").stock).toBeCloseTo(200 * 0.05 * 70, 6);
    expect(markets.at("end", "fish").stock).toBeCloseTo(200 * 0.05 * 20, 6);
  });
});
