import { priceOf } from "@orrery/economy";
import { AlertKind, AlertLevel, AlertStage, WeatherSevere } from "@orrery/schema/weather/v1";
import {
  EndEventRequest,
  EndEventResponse,
  ModifierOp,
  type Pack,
  PackRevised,
  Quantity,
  StartEventRequest,
  StartEventResponse,
  WorldEventEnd,
  WorldEventEnded,
  WorldEventStarted,
  WorldEventTrigger,
} from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { booksToRead } from "../books.ts";
import { hollowmere, HOUR_GS, realmWorld } from "../valley.testing.ts";
import { swayOf } from "./sway.ts";

let pack: Pack;
let { world, passUntil, passDays, nowGs } = {} as ReturnType<typeof realmWorld>;
const beginAnew = () => ({ world, passUntil, passDays, nowGs } = realmWorld(pack));
beforeEach(async () => {
  pack = await hollowmere();
  beginAnew();
});
const started = () => world.emitted(WorldEventStarted);
const ended = () => world.emitted(WorldEventEnded);
const ruleOf = (id: string) => pack.events!.rules.find((rule) => rule.id === id)!;
const order = (over: object) =>
  world.run(StartEventRequest, StartEventResponse, {
    worldId: "vale",
    ruleId: "rule:shoals",
    regionId: "region:mereshore",
    ...over,
  });

it("an edit that takes all events out of a pack lets nothing begin any more, and what has begun ends", () => {
  order({});
  expect(started()).toHaveLength(1);
  delete pack.events;
  world.tell(PackRevised, { packId: pack.id, revision: 2, pack, atGs: nowGs() });
  passDays(20);
  expect(started()).toHaveLength(1);
  expect(ended()).toHaveLength(1);
});

describe("what happens in a valley", () => {
  it("is some things a week, at most three at a time and one in a place, each ended once, none within its cooldown, all where they fit", () => {
    passDays(30);
    const begun = started().map(({ event }) => event);
    expect(begun.length).toBeGreaterThan(6);
    const over = new Map(ended().map(({ event }) => [event.eventId, event.atGs]));
    expect(over.size).toBe(ended().length);
    for (const { eventId, atGs, regionIds } of begun) {
      const during = begun.filter(
        (one) => one.atGs <= atGs && (over.get(one.eventId) ?? Number.POSITIVE_INFINITY) > atGs,
      );
      expect(during.length).toBeLessThanOrEqual(3);
      const here = during.filter((one) => one.regionIds[0] === regionIds[0]);
      expect(here.map((one) => one.eventId)).toEqual([eventId]);
    }
    const last = new Map<string, number>();
    for (const { ruleId, regionIds, atGs } of begun) {
      const key = `${ruleId} ${regionIds}`;
      expect(atGs - (last.get(key) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(
        ruleOf(ruleId).cooldownH * HOUR_GS,
      );
      last.set(key, atGs);
    }
    const biomes = new Map(pack.land?.regions.map(({ id, biome }) => [id, biome]));
    for (const { event } of started()) {
      const rule = ruleOf(event.ruleId);
      const [regionId] = event.regionIds as [string];
      if (rule.biomes.length > 0) expect(rule.biomes).toContain(biomes.get(regionId));
      if (rule.regionIds.length > 0) expect(rule.regionIds).toContain(regionId);
      expect(event.text).not.toMatch(/[{}]/);
    }
  });

  it("is another story by another seed, and the same by the same", () => {
    const [again, other] = [realmWorld(pack), realmWorld(pack, "two")];
    for (const one of [{ passDays }, again, other]) one.passDays(5);
    const story = (one: typeof world) => one.emitted(WorldEventStarted).map(({ event }) => event.eventId);
    expect(story(again.world)).toEqual(story(world));
    expect(story(other.world)).not.toEqual(story(world));
  });
});

describe("an event that was ordered", () => {
  beforeEach(() => {
    // Nothing but what is ordered.
    for (const rule of pack.events?.rules ?? []) rule.weight = 0;
    beginAnew();
    passUntil(HOUR_GS);
  });
  const sway = () => swayOf(world.state, world.derived.valley!);
  const market = (region: string, good: string) => {
    const valley = world.derived.valley!;
    return valley.market(valley.placeNo(`region:${region}`), valley.goodNo(`good:${good}`));
  };

  it("changes what its rule says where it is, as strongly as it is, until its time is over; then nothing is left", () => {
    order({ intensity: 0.5, hours: 6 });
    expect(sway().make(market("mereshore", "fish"))).toBeCloseTo(1.3, 12);
    expect(sway().make(market("mereshore", "ale"))).toBe(1);
    expect(sway().make(market("meremouth", "fish"))).toBe(1);
    passUntil(7 * HOUR_GS);
    expect(ended().map(({ event }) => event.reason)).toEqual([WorldEventEnd.EXPIRED]);
    expect(ended()[0]?.cause).toEqual(started()[0]?.id);
    expect(sway().make(market("mereshore", "fish"))).toBe(1);
    expect(world.state.events.size).toBe(0);
  });

  it("draws prices along, and lets go of them", () => {
    ruleOf("rule:shoals").modifiers = [
      {
        ...ruleOf("rule:shoals").modifiers[0]!,
        quantity: Quantity.PRICE,
        op: ModifierOp.MUL,
        value: 2,
        goodId: "good:ale",
      },
    ];
    beginAnew();
    passUntil(HOUR_GS);
    const ale = () =>
      priceOf(booksToRead(world.state, world.derived.valley!).markets[market("mereshore", "ale")]!);
    const before = ale();
    order({ intensity: 1, hours: 48 });
    passDays(2);
    expect(ale()).toBeGreaterThan(1.5 * before);
    passDays(5);
    expect(ale()).toBeLessThan(1.2 * before);
  });

  it("is called off once, and that is told once", () => {
    const { eventId } = order({ hours: 100 });
    expect(world.run(EndEventRequest, EndEventResponse, { worldId: "vale", eventId })).toMatchObject({
      ended: true,
    });
    expect(world.run(EndEventRequest, EndEventResponse, { worldId: "vale", eventId })).toMatchObject({
      ended: false,
    });
    expect(ended().map(({ event }) => event.reason)).toEqual([WorldEventEnd.CANCELLED]);
  });

  it("is refused by name where there is no such rule, region, length or intensity, or no room", () => {
    expect(() => order({ ruleId: "rule:constructor" })).toThrow(/WORLD_UNKNOWN_RULE.*constructor/);
    expect(() => order({ regionId: "region:nowhere" })).toThrow(/WORLD_EVENT_ORDER.*nowhere/);
    for (const wrong of [
      { hours: 0 },
      { hours: Number.NaN },
      { hours: 9_000 },
      { intensity: 1.1 },
      { intensity: -0.1 },
    ])
      expect(() => order(wrong)).toThrow(/WORLD_EVENT_ORDER/);
    order({});
    expect(() => order({})).toThrow(/WORLD_EVENTS_FULL/);
    for (const regionId of ["region:meremouth", "region:sedgefen"]) order({ regionId });
    expect(() => order({ regionId: "region:wolfscar" })).toThrow(/WORLD_EVENTS_FULL.*3 events/);
  });
});

it("a storm leaves wreckage behind, because of the storm; fog and a watch do not", () => {
  for (const rule of pack.events?.rules ?? [])
    if (rule.trigger === WorldEventTrigger.UNSPECIFIED) rule.weight = 0;
  beginAnew();
  passUntil(HOUR_GS);
  const severe = (over: object) =>
    world.tell(WeatherSevere, {
      ...{ atGs: nowGs(), regionId: "region:thornmoor", kind: AlertKind.STORM, level: AlertLevel.WARNING },
      ...{ stage: AlertStage.ONSET, ...over },
    });
  severe({ kind: AlertKind.FOG });
  severe({ stage: AlertStage.WATCH });
  expect(started()).toEqual([]);
  const storm = severe({});
  expect(started().map(({ event, cause }) => [event.ruleId, cause])).toEqual([["rule:storm-wreck", storm]]);
});
