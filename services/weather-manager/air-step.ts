import type { RegionWeather, Sky } from "@orrery/schema/weather/v1";
import type { Random, Streams } from "@orrery/simulation/define";
import { changeCondition, fogIndex, targetCondition } from "./condition.ts";
import { type Air, type Biases, type Draws, moveFields } from "./fields.ts";
import type { Pull } from "./fronts.ts";
import { HOUR_GS, type HourFacts } from "./hour.ts";
import type { Model, Site } from "./model.ts";

/**
 * One hour's draws of a region, from substreams named by hour and region: neither reads nor other happenings
 * move them. The day's convection has a name of its own.
 */
export function drawsOf(streams: Streams, hour: HourFacts, site: Site): Draws {
  const random: Random = streams.stream("hour", hour.number, site.id);
  return {
    humidity: random.normal(),
    cloud: random.normal(),
    temperature: random.normal(),
    wind: random.normal(),
    convection: streams.stream("day", hour.dayNumber, site.id).uniform(),
  };
}

/** Moves the air of a region by an hour: fields, then at most one step of its condition. @returns the fog index */
export function moveAir(
  air: Air,
  site: Site,
  hour: HourFacts,
  pull: Pull,
  draws: Draws,
  biases: Biases,
  model: Model,
): number {
  moveFields(air, site, hour, pull, draws, biases);
  const fog = fogIndex(air, site, hour, biases.fog);
  changeCondition(air, targetCondition(air, fog, model.thresholds), hour);
  return fog;
}

/** The air of a region out of what the state keeps of it. */
export function airOf(region: RegionWeather): Air {
  const sky = region.simulated as Sky;
  return {
    lift: region.lift,
    humidity: sky.humidity,
    cloud: sky.cloud,
    temperatureC: sky.temperatureC,
    windKmh: sky.windKmh,
    rainMmH: sky.precipMmH,
    driftC: region.driftC,
    driftKmh: region.driftKmh,
    condition: sky.condition,
    sinceHour: Math.floor(sky.sinceGs / HOUR_GS),
  };
}
