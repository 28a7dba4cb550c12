import { Condition } from "@orrery/schema/weather/v1";
import type { Streams } from "@orrery/simulation/define";
import { drawsOf, moveAir } from "./air-step.ts";
import { type Air, climateC, NO_BIASES } from "./fields.ts";
import { addPull, arrivals, clearPull, type Front, moveOn, noPull } from "./fronts.ts";
import { isWet } from "./graph.ts";
import { HOUR_GS, type HourFacts } from "./hour.ts";
import type { Model, Site } from "./model.ts";
import { quantile } from "./quantile.ts";

/** p10, p50, p90. */
export type Quantiles = readonly [number, number, number];

/** What is usual in an hour of the day and season. */
export interface Usual {
  /** By number of Condition; adds up to 1. */
  readonly shares: Float64Array;
  readonly wet: number;
  /** Departure from the time of year's temperature, °C. */
  readonly departureC: Quantiles;
  readonly precipMmH: Quantiles;
  readonly windKmh: Quantiles;
}

export interface Climatology {
  at(hour: HourFacts): Usual;
}

const YEARS = 1;
const SPIN_UP_H = 240;
/** Hours of the day that are told apart. */
const BLOCK_H = 3;
const BLOCKS = 24 / BLOCK_H;
const CONDITIONS = 14;

interface Bin {
  readonly counts: Float64Array;
  readonly departureC: number[];
  readonly precipMmH: number[];
  readonly windKmh: number[];
}

const slotOf = (hour: HourFacts) => hour.season * BLOCKS + Math.floor(hour.hour / BLOCK_H);

export function calmAir(site: Site, hour: HourFacts): Air {
  const { humidity, cloud } = site.climate.seasons[hour.season]!;
  return {
    lift: 0,
    humidity,
    cloud,
    temperatureC: climateC(site, hour),
    windKmh: 8,
    rainMmH: 0,
    driftC: 0,
    driftKmh: 0,
    condition: Condition.PARTLY_CLOUDY,
    sinceHour: hour.number,
  };
}

function spread(values: number[]): Quantiles {
  values.sort((a, b) => a - b);
  return [quantile(values, 0.1), quantile(values, 0.5), quantile(values, 0.9)];
}

function usualOf(bin: Bin): Usual {
  const hours = bin.departureC.length;
  const shares = bin.counts.map((count) => count / Math.max(1, hours));
  const wet = shares.reduce((sum, share, condition) => sum + (isWet(condition as Condition) ? share : 0), 0);
  return {
    shares,
    wet,
    departureC: spread(bin.departureC),
    precipMmH: spread(bin.precipMmH),
    windKmh: spread(bin.windKmh),
  };
}

/**
 * The usual weather of one region, from a simulated year of it alone.
 * @param streams draws of its own; the same give the same
 */
export function climatologyOf(model: Model, site: Site, streams: Streams): Climatology {
  const bins = new Map<number, Bin>();
  const systems: Front[] = [];
  const pull = noPull();
  const air = calmAir(site, model.seasons.hourAt(0));
  for (let number = -SPIN_UP_H; number < YEARS * model.seasons.yearHours; number++) {
    const hour = model.seasons.hourAt(number * HOUR_GS);
    moveOn(systems);
    systems.push(...arrivals(model, hour, streams.stream("systems", number)));
    clearPull(pull);
    addPull(systems, site, pull);
    moveAir(air, site, hour, pull, drawsOf(streams, hour, site), NO_BIASES, model);
    if (number < 0) continue;
    const slot = slotOf(hour);
    let bin = bins.get(slot);
    if (bin === undefined)
      bins.set(
        slot,
        (bin = { counts: new Float64Array(CONDITIONS), departureC: [], precipMmH: [], windKmh: [] }),
      );
    bin.counts[air.condition as number]! += 1;
    bin.departureC.push(air.temperatureC - climateC(site, hour));
    bin.precipMmH.push(isWet(air.condition) ? air.rainMmH : 0);
    bin.windKmh.push(air.windKmh);
  }
  const usual = new Map([...bins].map(([slot, bin]) => [slot, usualOf(bin)]));
  const empty = usualOf({
    counts: new Float64Array(CONDITIONS),
    departureC: [0],
    precipMmH: [0],
    windKmh: [0],
  });
  return { at: (hour) => usual.get(slotOf(hour)) ?? empty };
}
