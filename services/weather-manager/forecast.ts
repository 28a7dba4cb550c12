import { Condition, Confidence, type ForecastHour, type WeatherState } from "@orrery/schema/weather/v1";
import type { Streams } from "@orrery/simulation";
import { airOf, moveAir } from "./air-step.ts";
import { addPull, arrivals, clearPull, type Front, moveOn, noPull } from "./fronts.ts";
import { isWet } from "./graph.ts";
import { HOUR_GS } from "./hour.ts";
import type { Model, Site } from "./model.ts";
import { biasesOf } from "./step.ts";

const MEMBERS = 16;

interface Sample {
  readonly condition: Condition;
  readonly temperatureC: number;
  readonly precipMmH: number;
  readonly windKmh: number;
}

/**
 * What comes in a region: 16 members from the present state and the systems that are known, each with draws of its
 * own for what is not known yet. Nothing of the world is touched.
 */
export function forecast(state: WeatherState, model: Model, site: Site, hours: number, streams: Streams): ForecastHour[] {
  const members = Array.from({ length: MEMBERS }, (_, member) => run(state, model, site, hours, streams, member));
  return Array.from({ length: hours }, (_, i) => summary(state.steppedGs + (i + 1) * HOUR_GS, members.map((member) => member[i] as Sample)));
}

function run(state: WeatherState, model: Model, site: Site, hours: number, streams: Streams, member: number): Sample[] {
  const region = state.regions[site.index];
  if (region === undefined) return [];
  const systems: Front[] = state.systems.map(({ id, kind, xKm, yKm, vxKmh, vyKmh, radiusKm, strength, anomalyC, ageH, lifeH }) => ({ id, kind, xKm, yKm, vxKmh, vyKmh, radiusKm, strength, anomalyC, ageH, lifeH }));
  const random = streams.stream("forecast", state.steppedGs, member, site.id);
  const air = airOf(region);
  const pull = noPull();
  const biases = biasesOf(state, model);
  let convection = streams.stream("day", model.seasons.hourAt(state.steppedGs).dayNumber, site.id).uniform();
  const samples: Sample[] = [];
  for (let ahead = 1; ahead <= hours; ahead++) {
    const hour = model.seasons.hourAt(state.steppedGs + ahead * HOUR_GS);
    if (hour.hour === 0) convection = random.uniform();
    moveOn(systems);
    systems.push(...arrivals(model, hour, random));
    clearPull(pull);
    addPull(systems, site, pull);
    const draws = { humidity: random.normal(), cloud: random.normal(), temperature: random.normal(), wind: random.normal(), convection };
    moveAir(air, site, hour, pull, draws, biases, model);
    samples.push({
      condition: air.condition,
      temperatureC: air.temperatureC,
      precipMmH: isWet(air.condition) ? air.rainMmH : 0,
      windKmh: air.windKmh,
    });
  }
  return samples;
}

function summary(atGs: number, samples: readonly Sample[]): ForecastHour {
  const counts = new Map<Condition, number>();
  for (const { condition } of samples) counts.set(condition, (counts.get(condition) ?? 0) + 1);
  const chances = [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([condition, count]) => ({ $typeName: "weather.v1.ConditionChance" as const, condition, probability: count / samples.length }));
  const wet = samples.filter(({ condition }) => isWet(condition)).length / samples.length;
  const confidence = Math.max(wet, 1 - wet);
  return {
    $typeName: "weather.v1.ForecastHour",
    atGs,
    condition: chances[0]?.condition ?? Condition.UNSPECIFIED,
    chances,
    wetProbability: wet,
    temperatureC: spread(samples.map(({ temperatureC }) => temperatureC)),
    precipMmH: spread(samples.map(({ precipMmH }) => precipMmH)),
    windKmh: spread(samples.map(({ windKmh }) => windKmh)),
    confidence,
    confidenceClass: confidence >= 0.8 ? Confidence.SURE : confidence >= 0.6 ? Confidence.LIKELY : confidence >= 0.4 ? Confidence.POSSIBLE : Confidence.GUESS,
  };
}

/** Quantiles with the i-th of n members standing at i/(n+1), linear between them. */
function spread(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = Math.min(sorted.length, Math.max(1, share * (sorted.length + 1)));
    const low = sorted[Math.floor(place) - 1] as number;
    const high = sorted[Math.min(sorted.length, Math.ceil(place)) - 1] as number;
    return low + (high - low) * (place - Math.floor(place));
  };
  return { $typeName: "weather.v1.Spread" as const, p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}
