import { create } from "@bufbuild/protobuf";
import { imbalanceOf, priceOf } from "@orrery/economy";
import { ActPhase, NpcActed, NpcTookUp } from "@orrery/schema/npc/v1";
import {
  AlertKind,
  AlertLevel,
  AlertStage,
  Flood,
  GroundConditionsChanged,
  WeatherSevere,
} from "@orrery/schema/weather/v1";
import {
  MarketsSampled,
  type Pack,
  PackRevised,
  PriceChanged,
  RouteChanged,
  RouteWhy,
  SeasonFactorsSchema,
  ShortageDeclared,
  ShortageLevel,
  ShortageWhy,
} from "@orrery/schema/world/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { booksToRead } from "./books.ts";
import { labourOf } from "./shifts.ts";
import { moneyIn } from "./money.ts";
import { DAY_GS, hollowmere, hour, HOUR_GS, realmWorld } from "./valley.testing.ts";

let pack: Pack;
let { world, passUntil, nowGs }: ReturnType<typeof realmWorld> = {} as never;
beforeEach(async () => {
  pack = await hollowmere();
  ({ world, passUntil, nowGs } = realmWorld(pack));
});

const valley = () => world.derived.valley!;
const books = () => booksToRead(world.state, valley());
const marketOf = (region: string, good: string) => world.state.markets.get(`region:${region}/good:${good}`)!;
/** The fen under water, as it is told of a region. */
const flood = (regionId: string, level: Flood = Flood.FLOOD) =>
  world.tell(
    GroundConditionsChanged,
    { atGs: nowGs(), regionId, flood: level, traction: 0.6 },
    { source: "weather-manager" },
  );

describe("the markets of Hollowmere", () => {
  it("live from hour to hour: prices are told when they move, and the hour is noted", () => {
    passUntil(DAY_GS);
    const moves = world.emitted(PriceChanged);
    expect(moves.length).toBeGreaterThan(20);
    for (const { event, key } of moves) {
      expect(key).toBe(event.marketId);
      expect(event.regionId.startsWith("region:")).toBe(true);
      expect(event.price).toBeGreaterThan(0);
    }
    const samples = world.emitted(MarketsSampled);
    expect(samples).toHaveLength(24);
    const { regionIds, goodIds, prices, stocks } = samples.at(-1)!.event;
    expect([prices.length, stocks.length]).toEqual([regionIds.length * goodIds.length, prices.length]);
    valley().goods.forEach((_, good) =>
      expect(Math.abs(imbalanceOf(valley(), books(), good))).toBeLessThan(1e-9),
    );
  });

  it("pass over an hour that strikes again, and make up for one that did not strike", () => {
    passUntil(5 * HOUR_GS);
    const before = structuredClone(marketOf("mill-vale", "grain").stock);
    world.tell(HourChanged, hour(5 * HOUR_GS));
    expect(marketOf("mill-vale", "grain").stock).toBe(before);
    world.tell(HourChanged, hour(8 * HOUR_GS));
    expect(world.emitted(MarketsSampled).map(({ event }) => event.atGs / HOUR_GS)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it("go on from where they are after a month that nobody told them of", () => {
    passUntil(HOUR_GS);
    world.forget();
    world.tell(HourChanged, hour(30 * DAY_GS));
    expect(world.emitted(MarketsSampled)).toHaveLength(1);
    expect(world.state.root.hourGs).toBe(30 * DAY_GS);
  });

  it("are the same again with the same seed, and others with another", () => {
    const again = realmWorld(pack);
    const other = realmWorld(pack, "two");
    for (const one of [{ passUntil }, again, other]) one.passUntil(DAY_GS);
    expect(again.world.frames()).toEqual(world.frames());
    expect(other.world.frames()).not.toEqual(world.frames());
  });
});

describe("a road beside the river", () => {
  it("closes where it floods, with the flood as its cause, and opens when both its ends are dry", () => {
    const cause = flood("region:market-vale");
    flood("region:mill-vale", Flood.HIGH);
    const closed = world.emitted(RouteChanged);
    expect(closed.map(({ event }) => [event.routeId, event.open, event.why])).toEqual([
      ["place:road-low/2", false, RouteWhy.FLOOD],
      ["place:road-low/3", false, RouteWhy.FLOOD],
    ]);
    expect(closed.map((one) => one.cause)).toEqual([cause, cause]);
    flood("region:mill-vale", Flood.SEVERE);
    flood("region:market-vale", Flood.NONE);
    const after = world.emitted(RouteChanged).slice(2);
    expect(after.map(({ event }) => [event.routeId, event.open])).toEqual(
      [
        ["place:road-low/1", false],
        ["place:road-oak/1", false],
        ["place:road-low/3", true],
      ].filter(([id]) => id !== "place:road-oak/1"),
    );
  });

  it("that floods for weeks makes bread dear and then short beyond it, and the chain leads back to the water", () => {
    for (const crowd of pack.economy?.crowds ?? []) crowd.storesDays = 0;
    ({ world, passUntil, nowGs } = realmWorld(pack));
    const floods = ["region:sedgefen", "region:oakenfold", "region:mereshore", "region:meremouth"].map((id) =>
      flood(id),
    );
    passUntil(16 * DAY_GS);
    const short = world
      .emitted(ShortageDeclared)
      .filter(({ event }) => event.regionId === "region:sedgefen" && event.level === ShortageLevel.SHORT);
    expect(short.length).toBeGreaterThan(0);
    const byRoad = short.filter(({ event }) => event.why === ShortageWhy.ROAD);
    expect(byRoad.length).toBeGreaterThan(0);
    const closed = world.emitted(RouteChanged).filter(({ event }) => !event.open);
    for (const { cause } of byRoad) {
      const road = closed.find(
        ({ id }) => id.publisher === cause?.publisher && id.sequence === cause.sequence,
      );
      expect(floods).toContainEqual(road?.cause);
    }
    expect(priceOf(marketOf("sedgefen", "ale") as never)).toBeGreaterThan(1.5 * 45);
    const all = world.emitted(ShortageDeclared);
    const led = world.emitted(PriceChanged).flatMap(({ event, cause }) => {
      const shortage = all.find(
        ({ id }) => id.publisher === cause?.publisher && id.sequence === cause.sequence,
      );
      return shortage === undefined ? [] : [[event, shortage.event] as const];
    });
    expect(led.length).toBeGreaterThan(0);
    for (const [price, shortage] of led) {
      expect([price.marketId, price.price > price.prev]).toEqual([shortage.marketId, true]);
      expect(price.atGs).toBeGreaterThan(shortage.atGs);
      expect(shortage.level).not.toBe(ShortageLevel.EASED);
    }
  });
});

describe("a mountain road", () => {
  const snow = (snowMm: number) =>
    world.tell(GroundConditionsChanged, { atGs: nowGs(), regionId: "region:high-pass", snowMm, traction: 1 });

  it("closes under 1,200 mm of snow, and opens under 1,000", () => {
    for (const snowMm of [1_199, 1_200, 1_050, 999]) snow(snowMm);
    const told = world.emitted(RouteChanged).map(({ event }) => [event.routeId, event.open, event.why]);
    expect(told).toEqual([
      ["place:road-pass/1", false, RouteWhy.SNOW],
      ["place:road-pass/edge:westmark", false, RouteWhy.SNOW],
      ["place:road-pass/1", true, RouteWhy.UNSPECIFIED],
      ["place:road-pass/edge:westmark", true, RouteWhy.UNSPECIFIED],
    ]);
  });

  it("closes in an emergency, not by a warning, a watch, or the cold", () => {
    const severe = (kind: AlertKind, level: AlertLevel, stage: AlertStage) =>
      world.tell(WeatherSevere, { atGs: nowGs(), regionId: "region:high-pass", kind, level, stage });
    severe(AlertKind.COLD, AlertLevel.EMERGENCY, AlertStage.ONSET);
    severe(AlertKind.BLIZZARD, AlertLevel.WARNING, AlertStage.ONSET);
    severe(AlertKind.GALE, AlertLevel.EMERGENCY, AlertStage.WATCH);
    expect(world.emitted(RouteChanged)).toEqual([]);
    severe(AlertKind.BLIZZARD, AlertLevel.EMERGENCY, AlertStage.RAISED);
    severe(AlertKind.GALE, AlertLevel.EMERGENCY, AlertStage.ONSET);
    severe(AlertKind.BLIZZARD, AlertLevel.WARNING, AlertStage.EASED);
    expect(world.emitted(RouteChanged).map(({ event }) => event.open)).toEqual([false, false]);
    severe(AlertKind.GALE, AlertLevel.UNSPECIFIED, AlertStage.ENDED);
    expect(world.emitted(RouteChanged).map(({ event }) => event.open)).toEqual([false, false, true, true]);
  });
});

describe("work", () => {
  const bakery = () => valley().works.findIndex(({ id }) => id === "maker:brook-smithy");
  const labour = () => labourOf(world.state, valley(), nowGs())(bakery());

  it("is done by those who come: who has stayed away for two days is missed, and not when they are back", () => {
    expect(labour()).toBe(1);
    passUntil(2 * DAY_GS);
    expect(labour()).toBe(1);
    passUntil(2 * DAY_GS + HOUR_GS);
    expect(labour()).toBeCloseTo(2 / 3, 9);
    const [npcId] = world.derived.workers.get("place:millbrook-smithy") ?? [];
    const acted = {
      npcId: npcId!,
      placeId: "place:millbrook-smithy",
      phase: ActPhase.STARTED,
      atGs: nowGs(),
    };
    world.tell(NpcActed, { ...acted, npcId: "npc:constructor" });
    expect(labour()).toBeCloseTo(2 / 3, 9);
    world.tell(NpcActed, acted);
    expect(labour()).toBe(1);
  });

  it("counts again when somebody takes it up in the stead of who is gone, after an edit of the pack too", () => {
    const workPlaceId = "place:millbrook-smithy";
    const [gone, ...others] = world.derived.workers.get(workPlaceId) ?? [];
    passUntil(3 * DAY_GS);
    const comes = (npcId: string) =>
      world.tell(NpcActed, { npcId, placeId: workPlaceId, phase: ActPhase.STARTED, atGs: nowGs() });
    for (const id of others) comes(id);
    comes("npc:heir");
    expect(labour()).toBeCloseTo(2 / 3, 9);
    const takes = (npcId: string, afterId: string) =>
      world.tell(NpcTookUp, { atGs: nowGs(), npcId, roleId: "role:smith", workPlaceId, afterId });
    takes("npc:stranger", "npc:nobody");
    takes("npc:heir", gone!);
    takes("npc:late", gone!);
    takes("npc:constructor", "npc:heir");
    takes("npc:heir", "npc:constructor");
    expect([...world.derived.workers.get(workPlaceId)!].sort()).toEqual(
      ["npc:constructor", ...others].sort(),
    );
    comes("npc:heir");
    expect(labour()).toBeCloseTo(2 / 3, 9);
    comes("npc:constructor");
    expect(labour()).toBe(1);
    world.tell(PackRevised, { packId: "hollowmere", revision: 1, pack });
    expect(world.derived.workers.get(workPlaceId)!.has("npc:constructor")).toBe(true);
  });
});

describe("an edit of the pack", () => {
  const revise = (change: (economy: NonNullable<Pack["economy"]>) => void, revision = 1) => {
    const edited = structuredClone(pack);
    change(edited.economy!);
    world.tell(PackRevised, { atGs: nowGs(), packId: "hollowmere", revision, pack: edited });
  };

  it("of a base price draws the price along from the next hour on, 8 % an hour at most", () => {
    passUntil(DAY_GS);
    const before = marketOf("market-vale", "ale").lnPrice;
    revise(({ goods }) => (goods.find(({ id }) => id === "good:ale")!.base = 500));
    expect(marketOf("market-vale", "ale").lnPrice).toBe(before);
    passUntil(DAY_GS + HOUR_GS);
    expect(marketOf("market-vale", "ale").lnPrice - before).toBeCloseTo(0.08, 9);
    passUntil(5 * DAY_GS);
    expect(priceOf(marketOf("market-vale", "ale") as never)).toBeGreaterThan(350);
  });

  it("that adds a good gives it markets, and the books still add up", () => {
    passUntil(DAY_GS);
    const money = moneyIn(world.state, world.derived);
    revise(({ goods, makers }) => {
      goods.push({ ...goods[0]!, id: "good:honey", name: "honey", staple: false });
      makers.push({
        ...makers[0]!,
        id: "maker:bees",
        placeId: "place:bee-garth",
        goodId: "good:honey",
        harvest: false,
        bySeason: create(SeasonFactorsSchema, { spring: 1 }),
      });
    });
    passUntil(2 * DAY_GS);
    expect(marketOf("mill-vale", "honey").made).toBeGreaterThan(0);
    valley().goods.forEach((_, good) =>
      expect(Math.abs(imbalanceOf(valley(), books(), good))).toBeLessThan(1e-9),
    );
    expect(moneyIn(world.state, world.derived)).toBe(money);
  });

  it("that is older than one that was heard changes nothing", () => {
    revise(({ goods }) => (goods[0]!.base = 60), 2);
    revise(({ goods }) => (goods[0]!.base = 90), 1);
    expect(valley().goods[0]?.base).toBe(60);
  });
});

it("a world without goods has no markets, and says nothing", async () => {
  const bare = await hollowmere();
  delete bare.economy;
  delete bare.events;
  const empty = realmWorld(bare);
  empty.passUntil(DAY_GS);
  expect(empty.world.frames()).toEqual([]);
});

it("a large world's hour is noted in several events, each region in one of them", async () => {
  const large = await hollowmere();
  const [good] = large.economy?.goods ?? [];
  const { economy } = large;
  if (economy === undefined || good === undefined) throw new TypeError("a valley without goods");
  for (let n = 0; n < 188; n++) economy.goods.push({ ...good, id: `good:x${n}`, staple: false });
  const wide = realmWorld(large);
  wide.passUntil(HOUR_GS);
  const samples = wide.world.emitted(MarketsSampled).map(({ event }) => event);
  expect(samples).toHaveLength(2);
  const regions = samples.flatMap(({ regionIds }) => regionIds);
  expect(new Set(regions).size).toBe(19);
  for (const { regionIds, goodIds, prices } of samples)
    expect(prices).toHaveLength(regionIds.length * goodIds.length);
});
