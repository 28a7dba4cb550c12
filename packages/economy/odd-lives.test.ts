import { ShortageWhy } from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { moneyOf } from "./books.ts";
import { livingMarkets, threeVillages } from "./economy.testing.ts";

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

describe("a village that everybody has left", () => {
  it("sends what it has to where people are, and wants nothing", () => {
    const markets = livingMarkets(threeVillages({ crowds: crowds(150, 100, 0) }));
    markets.at("end", "grain").stock = 400;
    markets.live(10 * DAY);
    expect(markets.at("end", "grain").stock).toBeLessThan(370);
    expect(markets.at("end", "grain").inbound).toBe(0);
  });
});
