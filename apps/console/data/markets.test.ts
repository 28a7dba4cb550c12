import { create } from "@bufbuild/protobuf";
import {
  GetMarketResponseSchema,
  GetRoutesResponseSchema,
  PriceChangedSchema,
  RouteChangedSchema,
} from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { createMarkets } from "./markets.ts";

const price = (goodId: string, ratio: number) =>
  create(PriceChangedSchema, { regionId: "region:a", goodId, marketId: `region:a/${goodId}`, ratio });
const road = (routeId: string, open: boolean) => create(RouteChangedSchema, { routeId, open });

describe("markets on the map", () => {
  it("know how dear life is: the mean of all prices over what is usual, of goods that somebody buys", () => {
    const markets = createMarkets();
    expect(markets.dearness("region:a")).toBeUndefined();
    markets.begin(
      create(GetMarketResponseSchema, {
        markets: [
          { regionId: "region:a", goodId: "good:x", price: 40, base: 10, use: 1 },
          { regionId: "region:a", goodId: "good:ore", price: 90, base: 10, use: 0 },
        ],
      }),
      create(GetRoutesResponseSchema),
    );
    expect(markets.dearness("region:a")).toBeCloseTo(4, 9);
    markets.takePrice(price("good:y", 1));
    expect(markets.dearness("region:a")).toBeCloseTo(2, 6);
  });

  it("hold what was told to be newer than the answer that comes after it", () => {
    const markets = createMarkets();
    markets.takeRoad(road("r/1", true));
    markets.takeRoad(road("r/2", false));
    markets.takePrice(price("good:x", 1));
    markets.begin(
      create(GetMarketResponseSchema, {
        markets: [{ regionId: "region:a", goodId: "good:x", price: 40, base: 10, use: 1 }],
      }),
      create(GetRoutesResponseSchema, {
        routes: [
          { routeId: "r/1", open: false },
          { routeId: "r/3", open: false },
        ],
      }),
    );
    expect([...markets.closed].sort()).toEqual(["r/2", "r/3"]);
    expect(markets.dearness("region:a")).toBeCloseTo(1, 6);
  });
});
