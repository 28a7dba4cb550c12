import { HourChanged } from "@orrery/schema/time/v1";
import { GroundConditionsChanged, Flood } from "@orrery/schema/weather/v1";
import {
  PriceChanged,
  RouteChanged,
  RouteWhy,
  TradeSide,
  WorldCreated,
  WorldService,
} from "@orrery/schema/world/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import service from "../service.ts";
import { hollowmere, hour, HOUR_GS } from "./valley.testing.ts";

const HOURS = 12;
let services: TestServices;
beforeAll(async () => {
  services = await testServices([service]);
  const pack = await hollowmere();
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "one", pack });
  await services.tell("bare", "operator", WorldCreated, { worldId: "bare", seed: "one" });
  await services.pass();
  for (let n = 1; n <= HOURS; n++)
    await services.tell("vale", "time-manager", HourChanged, hour(n * HOUR_GS));
  const flood = { atGs: HOURS * HOUR_GS, regionId: "region:market-vale", flood: Flood.FLOOD, traction: 0.7 };
  await services.tell("vale", "weather-manager", GroundConditionsChanged, flood);
  await services.pass();
}, 60_000);
afterAll(() => services.stop());

const player = { role: "player", id: "ada", scopes: [] } as const;
const admin = { role: "admin", id: "root", scopes: [] } as const;
const calls = (caller: typeof player | typeof admin = player) =>
  services.host.directory.client(WorldService, caller);
const worldId = "vale";

describe("the market", () => {
  it("is shown whole, or of a region, or of a good", async () => {
    const all = await calls().getMarket({ worldId });
    expect([all.goods.length, all.markets.length, all.purses.length]).toEqual([12, 19 * 12, 19]);
    expect(all.atGs).toBe(HOURS * HOUR_GS);
    const one = await calls().getMarket({ worldId, regionId: "region:mill-vale", goodId: "good:grain" });
    expect(one.markets).toHaveLength(1);
    expect(one.purses).toMatchObject([{ regionId: "region:mill-vale", name: "Mill Vale" }]);
    expect(one.markets[0]).toMatchObject({ regionId: "region:mill-vale", goodId: "good:grain", base: 30 });
  });

  it("that there is not is refused by name, also where a world has none", async () => {
    const asked = { worldId, regionId: "region:mill-vale", goodId: "good:constructor" };
    await expect(calls().getMarket(asked)).rejects.toThrow(/WORLD_UNKNOWN_MARKET.*good:constructor/);
    await expect(calls().explain({ ...asked, regionId: "" })).rejects.toThrow(/WORLD_UNKNOWN_MARKET/);
    await expect(calls().getMarket({ worldId: "bare" })).rejects.toThrow(/WORLD_NO_MARKETS/);
    await expect(calls().getMarket({ worldId: "nowhere" })).rejects.toThrow(/WORLD_UNKNOWN/);
  });

  it("has a past, hour by hour or in steps", async () => {
    const asked = { worldId, regionId: "region:mill-vale", goodId: "good:ale" };
    const { prices } = await calls().getHistory(asked);
    expect(prices.map(({ atGs }) => atGs / HOUR_GS)).toEqual(Array.from({ length: HOURS }, (_, n) => n + 1));
    const last = (await calls().getMarket(asked)).markets[0]!;
    expect(prices.at(-1)?.price).toBeCloseTo(last.price, 3);
    const steps = await calls().getHistory({ ...asked, stepHours: 6 });
    expect(steps.prices.map(({ atGs }) => atGs / HOUR_GS)).toEqual([1, 7]);
  });

  it("is explained: factors whose product is the price, and the road that is closed, with what closed it", async () => {
    const asked = { worldId, regionId: "region:market-vale", goodId: "good:grain" };
    const { terms, text } = await calls().explain(asked);
    const { price } = (await calls().getMarket(asked)).markets[0]!;
    expect(terms.reduce((product, { factor }) => product * factor, 1)).toBeCloseTo(price, 0);
    expect(text).toMatch(/^Grain in Market Vale costs \d/);
    const roads = terms.filter(({ of }) => of === "road");
    expect(roads.map((term) => term.text)).toContain("the Low Road to Mill Vale is under water");
    for (const { causePublisher } of roads) expect(causePublisher).not.toBe("");
  });
});

describe("roads", () => {
  it("are shown with what is on its way on them, and why they are closed", async () => {
    const { routes, shipments } = await calls().getRoutes({ worldId });
    expect(routes).toHaveLength(19);
    const closed = routes.filter(({ open }) => !open);
    expect(closed.map(({ routeId, why }) => [routeId, why])).toEqual([
      ["place:road-low/2", RouteWhy.FLOOD],
      ["place:road-low/3", RouteWhy.FLOOD],
    ]);
    const known = new Set(routes.map(({ routeId }) => routeId));
    for (const { routeIds, quantity } of shipments) {
      expect(quantity).toBeGreaterThan(0);
      for (const id of routeIds) expect(known.has(id)).toBe(true);
    }
  });
});

describe("what if", () => {
  it("nobody brewed for six weeks and a road were closed: ale is dear, and the world does not notice", async () => {
    const look = async () => [await calls().getMarket({ worldId }), await calls().getRoutes({ worldId })];
    const before = await look();
    const changes = [
      { change: { case: "closedRoad", value: "place:road-larch" } },
      { change: { case: "made", value: { id: "good:ale", factor: 0 } } },
    ] as const;
    const { asItIs, changed } = await calls(admin).simulate({ worldId, days: 45, changes: [...changes] });
    const of = (outlook: typeof asItIs, goodId: string) => outlook.find((one) => one.goodId === goodId)!;
    expect(of(changed, "good:ale").p95).toBeGreaterThan(1.2 * of(asItIs, "good:ale").p95);
    expect(of(asItIs, "good:grain").unmet).toBeLessThan(0.05);
    expect(await look()).toEqual(before);
    const again = await calls(admin).simulate({ worldId, days: 45, changes: [...changes] });
    expect(again.changed).toEqual(changed);
  }, 30_000);

  it("is refused where it cannot be, and to players", async () => {
    const asked = { worldId, days: 1 };
    const made = (id: string, factor: number) =>
      ({ change: { case: "made", value: { id, factor } } }) as const;
    await expect(calls(admin).simulate({ ...asked, days: 0 })).rejects.toThrow(/WORLD_SIMULATE_DAYS/);
    await expect(calls(admin).simulate({ ...asked, days: 3_601 })).rejects.toThrow(/WORLD_SIMULATE_DAYS/);
    for (const changes of [[made("good:grain", -1)], [made("good:grain", Number.NaN)], [{}]])
      await expect(calls(admin).simulate({ ...asked, changes })).rejects.toThrow(
        /WORLD_SIMULATE_CHANGES|RPC_FIELD/,
      );
    await expect(calls(admin).simulate({ ...asked, changes: [made("good:tea", 1)] })).rejects.toThrow(
      /WORLD_UNKNOWN_MARKET.*good:tea/,
    );
    await expect(calls().simulate(asked)).rejects.toThrow(/RPC_FORBIDDEN|not allowed|PERMISSION/i);
  });
});

it("who comes now is told the last price of each good and the last of each road", async () => {
  const prices = await services.shown("vale", PriceChanged);
  const ids = prices.map(({ marketId }) => marketId);
  expect(new Set(ids).size).toBe(ids.length);
  const roads = await services.shown("vale", RouteChanged);
  expect(roads.map(({ routeId, open }) => [routeId, open])).toEqual([
    ["place:road-low/2", false],
    ["place:road-low/3", false],
  ]);
});

describe("trades", () => {
  const asked = {
    worldId,
    regionId: "region:market-vale",
    goodId: "good:ale",
    side: TradeSide.BUY,
    quantity: 10,
  };
  const quests = () =>
    services.host.directory.client(WorldService, { role: "service", id: "orchestration", scopes: [] });

  it("are quoted to players, and set aside and done by services alone, once a key", async () => {
    const { total, validUntilGs } = await calls().quote(asked);
    expect(total).toBeGreaterThan(100);
    expect(validUntilGs).toBeGreaterThan(0);
    const order = { ...asked, idempotencyKey: "trade-one", playerId: "ada", limit: 2 * total };
    await expect(calls().reserveTrade(order)).rejects.toThrow(/RPC_CALLER_REFUSED/);
    await expect(calls(admin).reserveTrade(order)).rejects.toThrow(/RPC_CALLER_REFUSED/);
    const { tradeId } = await quests().reserveTrade(order);
    expect((await quests().reserveTrade(order)).tradeId).toBe(tradeId);
    const paid = { worldId, idempotencyKey: "trade-paid", tradeId, ledgerRef: "ledger:1" };
    const done = await quests().commitTrade(paid);
    expect(await quests().commitTrade(paid)).toEqual(done);
    await expect(quests().commitTrade({ ...paid, idempotencyKey: "trade-again" })).rejects.toThrow(
      /WORLD_TRADE_CLOSED/,
    );
  });

  it("in a world without goods are refused by name", async () => {
    await expect(calls().quote({ ...asked, worldId: "bare" })).rejects.toThrow(/WORLD_NO_MARKETS/);
  });
});

describe("what happens", () => {
  const asked = { worldId, ruleId: "rule:shoals", regionId: "region:mereshore", intensity: 1, hours: 24 };

  it("is begun and called off by operators alone, once a key, and shown to all; what may happen is a secret", async () => {
    const order = { ...asked, idempotencyKey: "first-of-all" };
    await expect(calls().startEvent(order)).rejects.toThrow(/RPC_CALLER_REFUSED/);
    const { eventId } = await calls(admin).startEvent(order);
    expect((await calls(admin).startEvent(order)).eventId).toBe(eventId);
    await services.pass();
    const seen = await calls().listEvents({ worldId });
    expect(seen.events.map((event) => [event.eventId, event.text])).toContainEqual([
      eventId,
      "Shoals stand off Mereshore: the nets come up full",
    ]);
    expect(seen.rules).toEqual([]);
    expect((await calls(admin).listEvents({ worldId })).rules.length).toBeGreaterThan(10);
    const ended = await calls(admin).endEvent({ worldId, idempotencyKey: "second-one", eventId });
    expect(ended.ended).toBe(true);
    await services.pass();
    expect((await calls().listEvents({ worldId })).events.map((event) => event.eventId)).not.toContain(
      eventId,
    );
  });

  it("is nothing in a world without rules", async () => {
    expect(await calls(admin).listEvents({ worldId: "bare" })).toMatchObject({ events: [], rules: [] });
  });
});

describe("factions", () => {
  const factionId = "faction:deepdelve";

  it("are shown with what they have and think; what they have in mind is for operators", async () => {
    const { factions, atGs } = await calls().getFactions({ worldId });
    expect(atGs).toBe(0);
    expect(
      factions.map(({ members, relations, plans }) => [members > 0, relations.length, plans.length]),
    ).toEqual(Array.from({ length: 5 }, () => [true, 4, 0]));
    const [delve] = (await calls(admin).getFactions({ worldId, factionIds: [factionId] })).factions;
    expect(delve).toMatchObject({ name: "the Delve", seatRegionId: "region:silverdale", treasury: 9_000 });
    expect(delve?.regionIds).toContain("region:wolfscar");
    expect(delve?.plans.length).toBeGreaterThan(5);
    const utilities = delve!.plans.map(({ utility }) => utility);
    expect(utilities).toEqual(utilities.toSorted((one, other) => other - one));
  });

  it("hold the land, of which shares sum to one", async () => {
    const { regions } = await calls().getControl({ worldId });
    expect(regions).toHaveLength(16);
    for (const { shares } of regions)
      expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    const [wolfscar] = (await calls().getControl({ worldId, regionIds: ["region:wolfscar"] })).regions;
    expect(wolfscar).toMatchObject({ holderId: factionId, contested: false });
  });

  it("are explained: a share by its pulls, a relation by what the two believe in", async () => {
    const share = await calls().explain({ worldId, regionId: "region:wolfscar", factionId });
    expect(share.text).toMatch(/^60 % of Wolfscar are with the Delve, and it (grows|shrinks)$/);
    expect(share.terms.map(({ of }) => of)).toEqual(expect.arrayContaining(["holder", "distance", "free"]));
    const relation = await calls().explain({ worldId, factionId, otherId: "faction:boatmen" });
    expect(relation.text).toBe("The Delve and the Boatmen of the Mouth are neither friends nor enemies");
    expect(relation.terms[0]?.of).toBe("belief");
  });

  it("that there are not are refused by name, also where a world has none", async () => {
    const unknown = "faction:constructor";
    await expect(calls().getFactions({ worldId, factionIds: [unknown] })).rejects.toThrow(
      /WORLD_UNKNOWN_FACTION.*constructor/,
    );
    await expect(calls().getControl({ worldId, regionIds: ["region:nowhere"] })).rejects.toThrow(
      /region:nowhere/,
    );
    await expect(calls().explain({ worldId, factionId, otherId: unknown })).rejects.toThrow(/constructor/);
    await expect(calls().explain({ worldId, factionId, otherId: factionId })).rejects.toThrow(
      /WORLD_UNKNOWN_FACTION/,
    );
    await expect(calls().getFactions({ worldId: "bare" })).rejects.toThrow(/WORLD_NO_FACTIONS/);
  });

  it("have a past of their land, once a day has passed", async () => {
    expect((await calls().getControlHistory({ worldId })).days).toEqual([]);
    for (let n = HOURS + 1; n <= 72; n++)
      await services.tell("vale", "time-manager", HourChanged, hour(n * HOUR_GS));
    await services.pass();
    const { days } = await calls().getControlHistory({ worldId });
    expect(days.map(({ atGs }) => atGs / HOUR_GS)).toEqual([24, 48, 72]);
    expect(days[0]?.regions).toHaveLength(16);
    expect(days[0]?.powers).toHaveLength(5);
    const steps = await calls().getControlHistory({ worldId, stepDays: 2 });
    expect(steps.days.map(({ atGs }) => atGs / HOUR_GS)).toEqual([24, 72]);
    const now = await calls().getControl({ worldId });
    expect(days.at(-1)?.regions.map(({ holderId }) => holderId)).toEqual(
      now.regions.map(({ holderId }) => holderId),
    );
  });
});
