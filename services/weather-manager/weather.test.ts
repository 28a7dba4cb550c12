import { HourChanged, MoonPhaseChanged, MoonPhase, TimerFired, TimerRequested } from "@orrery/schema/time/v1";
import {
  AlertKind,
  AlertStage,
  ClearOverrideRequest,
  ClearOverrideResponse,
  Condition,
  GroundConditionsChanged,
  SetOverrideRequest,
  SetOverrideResponse,
  WeatherChanged,
  WeatherSampled,
  WeatherSevere,
  WeatherSource,
  WeatherState,
} from "@orrery/schema/weather/v1";
import { PackRevised } from "@orrery/schema/world/v1";
import { streamsOf } from "@orrery/simulation";
import { testWorld } from "@orrery/simulation/testing";
import { encodeBytes } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { forecast } from "./forecast.ts";
import { climatologyOf } from "./climatology.ts";
import type { Present } from "./ensemble.ts";
import { areNeighbours } from "./graph.ts";
import { hollowmere } from "./hollowmere.testing.ts";
import { HOUR_GS } from "./hour.ts";
import { frozenPresent, presentOf } from "./present.ts";
import { modelFor } from "./state.ts";
import { stepHour } from "./step.ts";
import { weather } from "./weather.ts";

const START_GS = 7 * HOUR_GS;
const MILL = "region:mill-vale";
const pack = await hollowmere();

function valley(seed = "valley") {
  const world = testWorld(weather, { worldId: "vale", seed, atGs: START_GS, pack }, "weather-manager");
  let hour = 7;
  return {
    world,
    pass(hours: number) {
      for (let i = 0; i < hours; i++)
        world.tell(HourChanged, { atGs: ++hour * HOUR_GS }, { source: "time-manager" });
    },
    skip(hours: number) {
      hour += hours;
      world.tell(HourChanged, { atGs: hour * HOUR_GS }, { source: "time-manager" });
    },
    now: () => hour * HOUR_GS,
    order: (given: object) =>
      world.run(SetOverrideRequest, SetOverrideResponse, {
        worldId: "vale",
        regionIds: [MILL],
        condition: Condition.STORM,
        ...given,
      }),
    ring(id: string, atGs: number) {
      world.tell(
        TimerFired,
        { atGs, owner: "weather-manager", timerId: id, dueGs: atGs },
        { source: "time-manager" },
      );
    },
    region: (id = MILL) => world.state.root.regions.find(({ regionId }) => regionId === id)!,
    bytes: () => Buffer.concat(world.frames().map((frame) => Buffer.from(frame))).toString("base64"),
  };
}

describe("a day in the valley", () => {
  it("changes at least twenty skies, each to a neighbour, and tells each region at most once an hour", () => {
    const { world, pass } = valley();
    pass(24);
    const told = world.emitted(WeatherChanged).map(({ event }) => event);
    const turned = told.filter(({ from, condition }) => from !== condition);
    expect(turned.length).toBeGreaterThanOrEqual(20);
    for (const { from, condition } of turned) expect(areNeighbours(from, condition)).toBe(true);
    expect(new Set(told.map(({ regionId, atGs }) => `${regionId} ${atGs}`)).size).toBe(told.length);
  });

  it("numbers what it tells of a region without gaps", () => {
    const { world, pass } = valley();
    pass(72);
    for (const codec of [WeatherChanged, GroundConditionsChanged] as const) {
      const byRegion = Map.groupBy(
        world.emitted(codec as typeof WeatherChanged),
        ({ event }) => event.regionId,
      );
      for (const events of byRegion.values())
        expect(events.map(({ event }) => event.revision)).toEqual(events.map((_, i) => i + 1));
    }
  });

  it("gives the same bytes again from the same seed, others from another", () => {
    const run = (seed: string) => {
      const it = valley(seed);
      it.pass(30);
      return it.bytes();
    };
    expect(run("a")).toBe(run("a"));
    expect(run("a")).not.toBe(run("b"));
  });

  it("plays missing hours before the next: a skip ends as if it had been lived", () => {
    const lived = valley();
    const skipped = valley();
    lived.pass(40);
    skipped.skip(40);
    expect(encodeBytes(WeatherState, skipped.world.state.root)).toEqual(
      encodeBytes(WeatherState, lived.world.state.root),
    );
    expect(skipped.world.emitted(WeatherSampled)).toHaveLength(40);
  });

  it("passes over an hour that comes again, or late", () => {
    const { world, pass, now } = valley();
    pass(5);
    const before = encodeBytes(WeatherState, world.state.root);
    world.forget();
    world.tell(HourChanged, { atGs: now() });
    world.tell(HourChanged, { atGs: now() - HOUR_GS });
    expect(encodeBytes(WeatherState, world.state.root)).toEqual(before);
    expect(world.frames()).toHaveLength(0);
  });

  it("goes on from its stored bytes as if it had never stopped", () => {
    const { world, pass } = valley();
    pass(10);
    const copy = WeatherState.decode(encodeBytes(WeatherState, world.state.root));
    const streams = streamsOf("valley", "weather-manager");
    for (let i = 1; i <= 48; i++) {
      stepHour(world.state.root, modelFor(world.state.root), world.state.root.steppedGs + HOUR_GS, streams);
      stepHour(copy, modelFor(copy), copy.steppedGs + HOUR_GS, streams);
    }
    expect(encodeBytes(WeatherState, copy)).toEqual(encodeBytes(WeatherState, world.state.root));
  });

  it("can be forecast from a kept moment as it was then, hours later", () => {
    const { world, pass } = valley();
    pass(3);
    const model = modelFor(world.state.root);
    const site = model.sites[0]!;
    const usual = climatologyOf(model, site, streamsOf("usual", "climatology"));
    const draws = streamsOf("forecast", "test");
    const from = (present: Present) =>
      forecast(model, present, site, 48, usual, (member) => draws.stream(present.atGs, member, site.id));
    const kept = frozenPresent(world.state.root, model);
    const then = from(presentOf(world.state.root, model));
    pass(12);
    expect(from(kept)).toEqual(then);
    expect(from(presentOf(world.state.root, model))).not.toEqual(then);
  });

  it("is not moved by a forecast", () => {
    const { world, pass } = valley();
    pass(3);
    const before = encodeBytes(WeatherState, world.state.root);
    const model = modelFor(world.state.root);
    const usual = climatologyOf(model, model.sites[0]!, streamsOf("usual", "test"));
    const rows = forecast(model, presentOf(world.state.root, model), model.sites[0]!, 168, usual, (member) =>
      streamsOf("x", "test").stream(member),
    );
    expect(rows).toHaveLength(168);
    for (const { chances, temperatureC } of rows) {
      expect(chances.reduce((sum, { probability }) => sum + probability, 0)).toBeGreaterThan(0.95);
      expect(temperatureC!.p10).toBeLessThanOrEqual(temperatureC!.p50);
      expect(temperatureC!.p50).toBeLessThanOrEqual(temperatureC!.p90);
    }
    expect(encodeBytes(WeatherState, world.state.root)).toEqual(before);
  });

  it("lets the moon move the estuary only", () => {
    const calm = valley();
    const pulled = valley();
    pulled.world.tell(MoonPhaseChanged, { atGs: START_GS, moonId: "moon:mother", to: MoonPhase.NEW });
    calm.world.tell(MoonPhaseChanged, { atGs: START_GS, moonId: "moon:mother", to: MoonPhase.FIRST_QUARTER });
    calm.pass(1);
    pulled.pass(1);
    const rise = (id: string) => pulled.region(id).ground!.riverLevel - calm.region(id).ground!.riverLevel;
    expect(rise("region:meremouth")).toBeCloseTo(0.12, 6);
    expect(rise(MILL)).toBeCloseTo(0, 9);
  });
});

describe("weather that is ordered", () => {
  it("is there at once, warns, and is gone at its end, once", () => {
    const { world, order, pass, now, ring, region } = valley();
    pass(1);
    world.forget();
    const untilGs = now() + 3 * HOUR_GS + 1_800;
    const { overrideIds } = order({ untilGs, intensity: 0.95, easeS: 600 });
    expect(overrideIds).toHaveLength(1);
    const [begun] = world.emitted(WeatherChanged);
    expect(begun?.event).toMatchObject({
      regionId: MILL,
      condition: Condition.STORM,
      source: WeatherSource.ADMIN,
      atGs: now(),
    });
    expect(world.emitted(WeatherSevere).map(({ event }) => [event.kind, event.stage])).toContainEqual([
      AlertKind.STORM,
      AlertStage.ONSET,
    ]);
    const timer = world.emitted(TimerRequested).find(({ event }) => event.dueGs === untilGs)!.event;
    pass(3);
    expect(region().shown!.condition).toBe(Condition.STORM);
    expect(region().ground!.wetness).toBeGreaterThan(0.9);
    world.forget();
    ring(timer.timerId, untilGs);
    const ended = world.emitted(WeatherChanged).map(({ event }) => event);
    expect(ended).toMatchObject([
      { regionId: MILL, atGs: untilGs, from: Condition.STORM, source: WeatherSource.SIMULATION },
    ]);
    expect(world.emitted(WeatherSevere).map(({ event }) => [event.kind, event.stage])).toContainEqual([
      AlertKind.STORM,
      AlertStage.ENDED,
    ]);
    pass(3);
    expect(region().shown!.condition).toBe(region().simulated!.condition);
    expect(region().shown!.temperatureC).toBe(region().simulated!.temperatureC);
    expect(region().overrides).toHaveLength(0);
  });

  it("leaves the simulation beneath as it would have been", () => {
    const left = valley();
    const ordered = valley();
    ordered.order({ untilGs: START_GS + 10 * HOUR_GS });
    left.pass(24);
    ordered.pass(24);
    const skies = (it: typeof left) =>
      it.world.state.root.regions.map(({ simulated }) => [
        simulated!.condition,
        simulated!.temperatureC,
        simulated!.windKmh,
      ]);
    expect(skies(ordered)).toEqual(skies(left));
  });

  it("ends at its hour also over a skip", () => {
    const { order, skip, region, world } = valley();
    order({ untilGs: START_GS + 5 * HOUR_GS });
    skip(24);
    expect(region().activeOverrideId).toBe("");
    const turns = world
      .emitted(WeatherChanged)
      .filter(({ event }) => event.regionId === MILL && event.from === Condition.STORM);
    expect(turns).toHaveLength(1);
    expect(turns[0]!.event.atGs).toBe(START_GS + 5 * HOUR_GS);
  });

  it("follows the highest priority, then the newest", () => {
    const { order, region } = valley();
    const untilGs = START_GS + 10 * HOUR_GS;
    order({ untilGs, condition: Condition.FOG, priority: 60 });
    order({ untilGs, condition: Condition.RAIN, priority: 50 });
    expect(region().shown!.condition).toBe(Condition.FOG);
    order({ untilGs, condition: Condition.CLEAR, priority: 60 });
    expect(region().shown!.condition).toBe(Condition.CLEAR);
  });

  it("goes when it is cleared; clearing it again changes nothing", () => {
    const { order, world, region } = valley();
    const { overrideIds } = order({ untilGs: START_GS + 10 * HOUR_GS });
    const clear = () =>
      world.run(ClearOverrideRequest, ClearOverrideResponse, { worldId: "vale", overrideIds }).cleared;
    expect(clear()).toBe(1);
    expect(region().activeOverrideId).toBe("");
    expect(clear()).toBe(0);
  });

  it("that has not begun is gone at once when it is cleared, and leaves room for another", () => {
    const { order, world, region } = valley();
    const clear = (overrideIds: string[]) =>
      world.run(ClearOverrideRequest, ClearOverrideResponse, { worldId: "vale", overrideIds }).cleared;
    for (let i = 0; i < 9; i++) {
      const { overrideIds } = order({ fromGs: START_GS + 1_200, untilGs: START_GS + 10 * HOUR_GS });
      expect(clear(overrideIds)).toBe(1);
      expect(clear(overrideIds)).toBe(0);
    }
    expect(region().overrides).toEqual([]);
  });

  it.each([
    ["WORLD_UNKNOWN_REGION", { regionIds: ["region:nowhere"], untilGs: START_GS + 99 }],
    ["WEATHER_INVALID", { condition: 77, untilGs: START_GS + 99 }],
    ["WEATHER_INVALID", { intensity: 1.5, untilGs: START_GS + 99 }],
    ["WEATHER_WINDOW", { untilGs: START_GS - 1 }],
    ["WEATHER_WINDOW", { untilGs: START_GS + 31 * 86_400 }],
    ["WEATHER_WINDOW", { fromGs: START_GS + 500, untilGs: START_GS + 400 }],
  ])("is refused with %s and leaves all as it was", (code, given) => {
    expect(() => valley().order(given)).toThrow(code);
  });

  it("is refused as the ninth of a region", () => {
    const { order } = valley();
    const untilGs = START_GS + HOUR_GS;
    for (let i = 0; i < 8; i++) order({ untilGs });
    expect(() => order({ untilGs })).toThrow("WEATHER_STACK_FULL");
  });

  it("floods the valley after three days of heavy rain, upper river first, and ends the warning once", () => {
    const { world, order, pass, now } = valley();
    order({ regionIds: [], condition: Condition.HEAVY_RAIN, intensity: 0.85, untilGs: now() + 72 * HOUR_GS });
    pass(72 + 24 * 12);
    const floods = world
      .emitted(WeatherSevere)
      .map(({ event }) => event)
      .filter(({ kind }) => kind === AlertKind.FLOOD);
    const first = (id: string) =>
      floods.find(({ regionId, stage }) => regionId === id && stage === AlertStage.ONSET)!.atGs;
    expect(first("region:hollowhead")).toBeLessThan(first("region:mill-vale"));
    expect(first("region:mill-vale")).toBeLessThan(first("region:mereshore"));
    for (const events of Map.groupBy(floods, ({ regionId }) => regionId).values()) {
      const stages = events.map(({ stage }) => stage);
      const onsets = stages.filter((stage) => stage === AlertStage.ONSET).length;
      expect(onsets).toBeGreaterThanOrEqual(1);
      expect(
        stages.filter((stage, i) => stage === AlertStage.ENDED && events[i]!.prevLevel !== 1),
      ).toHaveLength(onsets);
    }
  });
});

describe("a revised pack", () => {
  it("is taken up while regions that stay keep their weather", () => {
    const { world, pass, region } = valley();
    pass(2);
    const before = region().simulated!.temperatureC;
    const regions = pack.land!.regions.filter(({ id }) => id !== "region:thornmoor");
    world.tell(PackRevised, {
      atGs: START_GS,
      packId: "hollowmere",
      revision: 1,
      pack: { ...pack, land: { ...pack.land!, regions } },
    });
    expect(world.state.root.regions).toHaveLength(15);
    expect(region().simulated!.temperatureC).toBe(before);
    pass(1);
    expect(region().simulated!.temperatureC).not.toBe(before);
  });
});
