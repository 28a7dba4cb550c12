import {
  type Condition,
  type Sky,
  SkySchema,
  type WeatherChanged,
  WeatherChangedSchema,
} from "@orrery/schema/weather/v1";
import type { Air } from "./fields.ts";
import type { Pull } from "./fronts.ts";
import { isWet } from "./graph.ts";
import { HOUR_GS } from "./hour.ts";
import { bandShare, intensityOf } from "./intensity.ts";
import type { Model, Site } from "./model.ts";
import { feelsLike, overlaysOf, precipKindOf, thunderOf, visibilityOf, windFrom } from "./sky.ts";
import { type TypicalSky, typicalSky } from "./typical.ts";

/** Names of a message's plain numbers; enums are none. */
type Numbers<M> = { [K in keyof M]-?: number extends M[K] ? K : never }[keyof M];
/** Numbers that say when and the how-manieth, not what the sky is like. */
type Bookkeeping = "atGs" | "sinceGs" | "revision" | "transitionS";
/** What of a sky its state holds. */
export type Kept = Exclude<Numbers<Sky>, Bookkeeping>;
/** What of a sky is told. */
export type Told = Exclude<Numbers<WeatherChanged>, Bookkeeping>;
export type Measures = Pick<Sky, Kept>;

/** An hour of a region that was simulated. */
interface SimulatedHour {
  readonly air: Air;
  readonly pull: Pull;
  /** Intensity within the condition, 0..1. */
  readonly band: number;
  readonly model: Model;
  readonly prevailingFromDeg: number;
}

interface Ranged {
  /** Least and most that it can be. */
  readonly range: readonly [number, number];
}

interface KeptMeasure extends Ranged {
  /** It eases over with an override; else it comes and goes with the condition, or is the land's own. */
  readonly eases: boolean;
  /** Before the first hour of a region. */
  first(site: Site, season: number): number;
  simulated(hour: SimulatedHour): number;
  /** Under an order. */
  typical(order: TypicalSky): number;
  readonly of?: undefined;
}

/** Told, and no part of the state: it follows from what is kept. */
interface DerivedMeasure extends Ranged {
  of(sky: Measures): number;
}

/**
 * Every measure of a sky, by its name in `Sky` and in `WeatherChanged`: what is simulated, ordered, blended, told, and held
 * against its range is read from here. A number that is added to either message does not compile until it has its line.
 */
export const MEASURES: {
  readonly [K in Kept | Told]: K extends Kept ? KeptMeasure : DerivedMeasure;
} = {
  intensity: {
    range: [0, 1],
    eases: false,
    first: () => 0,
    simulated: ({ air, band }) => intensityOf(air.condition, band),
    typical: ({ intensity }) => intensity,
  },
  temperatureC: {
    range: [-60, 60],
    eases: true,
    first: (site) => site.climate.climate.meanC,
    simulated: ({ air }) => air.temperatureC,
    typical: ({ temperatureC }) => temperatureC,
  },
  feelsLikeC: {
    range: [-80, 70],
    eases: true,
    first: (site) => site.climate.climate.meanC,
    simulated: ({ air }) => feelsLike(air.temperatureC, air.windKmh, air.humidity),
    typical: ({ temperatureC, windKmh, humidity }) => feelsLike(temperatureC, windKmh, humidity),
  },
  humidity: {
    range: [0, 1],
    eases: true,
    first: (site, season) => site.climate.seasons[season]?.humidity ?? 0.6,
    simulated: ({ air }) => air.humidity,
    typical: ({ humidity }) => humidity,
  },
  cloud: {
    range: [0, 1],
    eases: true,
    first: (site, season) => site.climate.seasons[season]?.cloud ?? 0.4,
    simulated: ({ air }) => air.cloud,
    typical: ({ cloud }) => cloud,
  },
  precipMmH: {
    range: [0, 30],
    eases: true,
    first: () => 0,
    simulated: ({ air }) => (isWet(air.condition) ? air.rainMmH : 0),
    typical: ({ precipMmH }) => precipMmH,
  },
  windKmh: {
    range: [0, 150],
    eases: true,
    first: () => 8,
    simulated: ({ air }) => air.windKmh,
    typical: ({ windKmh }) => windKmh,
  },
  windDirDeg: {
    range: [0, 360],
    eases: false,
    first: () => 0,
    simulated: ({ pull, prevailingFromDeg }) => windFrom(pull.slopeEast, pull.slopeSouth, prevailingFromDeg),
    typical: ({ under }) => under.windDirDeg,
  },
  visibilityM: {
    range: [0, 200_000],
    eases: true,
    first: () => 20_000,
    simulated: ({ model, air, band }) => visibilityOf(model, air.condition, band),
    typical: ({ model, condition, band }) => visibilityOf(model, condition, band),
  },
  pressureHpa: {
    range: [700, 1_200],
    eases: true,
    first: () => 1_013,
    simulated: ({ pull }) => pull.pressureHpa,
    typical: ({ under }) => under.pressureHpa,
  },
  thunder: {
    range: [0, 1],
    eases: true,
    first: () => 0,
    simulated: ({ air, band }) => thunderOf(air.condition, band),
    typical: ({ condition, band }) => thunderOf(condition, band),
  },
};

const ALL = Object.keys(MEASURES) as (Kept | Told)[];
export const KEPT = ALL.filter((key): key is Kept => key in SkySchema.field);
const TOLD = ALL.filter((key): key is Told => key in WeatherChangedSchema.field);

const everyKept = (value: (measure: KeptMeasure) => number) =>
  Object.fromEntries(KEPT.map((key) => [key, value(MEASURES[key])])) as Measures;

const derivationOf = (measure: KeptMeasure | DerivedMeasure) => measure.of;

function measureOf(key: Kept | Told, sky: Measures): number {
  const derived = derivationOf(MEASURES[key]);
  return derived === undefined ? sky[key as Kept] : derived(sky);
}

/** The measures of a region that has not seen an hour. */
export const firstMeasures = (site: Site, season: number): Measures =>
  everyKept(({ first }) => first(site, season));

/** What a condition is typically like, at an intensity, where the simulated sky would be `under`. */
export function typicalOf(model: Model, condition: Condition, intensity: number, under: Sky): Measures {
  const order = typicalSky(model, condition, intensity, under);
  return everyKept(({ typical }) => typical(order));
}

/** What an event says of a sky. */
export function toldMeasures(sky: Measures): Record<Told, number> {
  return Object.fromEntries(TOLD.map((key) => [key, measureOf(key, sky)])) as Record<Told, number>;
}

/** Measures that are out of their range, as sentences. */
export function outOfRange(sky: Measures): string[] {
  return ALL.flatMap((key) => {
    const value = measureOf(key, sky);
    const [least, most] = MEASURES[key].range;
    return value >= least && value <= most ? [] : [`${key} ${value}`];
  });
}

/** Writes what the air has become into the simulated sky; its revision belongs to what is shown. */
export function writeSky(
  sky: Sky,
  air: Air,
  fog: number,
  pull: Pull,
  model: Model,
  prevailingFromDeg: number,
): void {
  const t = model.thresholds;
  const hour: SimulatedHour = { air, pull, band: bandShare(air, fog, t), model, prevailingFromDeg };
  for (const key of KEPT) sky[key] = MEASURES[key].simulated(hour);
  sky.condition = air.condition;
  sky.precipKind = precipKindOf(sky.precipMmH, air.temperatureC, t);
  sky.sinceGs = air.sinceHour * HOUR_GS;
  sky.overlays = overlaysOf(sky, sky.overlays, t);
}
