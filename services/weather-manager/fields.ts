import { Condition } from "@orrery/schema/weather/v1";
import type { Pull } from "./fronts.ts";
import type { HourFacts } from "./hour.ts";
import type { Site } from "./model.ts";

/** The simulated air over one region: what an hour hands to the next. */
export interface Air {
  /** -1..1.5. */
  lift: number;
  humidity: number;
  cloud: number;
  temperatureC: number;
  windKmh: number;
  /** Rain that would fall, mm/h of water; it is withheld until the condition is wet. */
  rainMmH: number;
  /** Slow noise: η, °C; g, km/h. */
  driftC: number;
  driftKmh: number;
  condition: Condition;
  /** Hour number since which the condition lasts. */
  sinceHour: number;
}

/** One hour's draws for one region: standard normals, and the day's uniform. */
export interface Draws {
  humidity: number;
  cloud: number;
  temperature: number;
  wind: number;
  /** [0, 1), the same all day. */
  convection: number;
}

/** What face and moon add to the fields. */
export interface Biases {
  readonly fog: number;
  readonly cloud: number;
}

export const NO_BIASES: Biases = { fog: 0, cloud: 0 };

const MOST_CLOUD_STEP = 0.25;

function clamp(value: number, least: number, most: number): number {
  return value < least ? least : value > most ? most : value;
}

/** Whether the day's convection works in this hour. */
export const convects = (hour: number) => hour >= 11 && hour <= 20;

/**
 * Moves the fields of a region by an hour.
 * @param pull the systems' sums at the region in this hour
 */
export function moveFields(
  air: Air,
  site: Site,
  hour: HourFacts,
  pull: Pull,
  draws: Draws,
  biases: Biases,
): void {
  const { seasons } = site.climate;
  const season = seasons[hour.season]!;
  const { low, high, front } = pull;

  let lift = low + 1.2 * front - 0.9 * high + 0.0002 * (site.elevationM - 400);
  if (convects(hour.hour))
    lift += draws.convection * season.convection * Math.sin((Math.PI * (hour.hour - 11)) / 9);
  lift = clamp(lift, -1, 1.5);

  const humidAim = season.humidity + 0.3 * (low + 0.6 * front) - 0.22 * high;
  const humidity = clamp(air.humidity + 0.25 * (humidAim - air.humidity) + 0.02 * draws.humidity, 0, 1);

  const cloudAim = season.cloud + 0.5 * lift + 0.7 * (humidity - 0.64) + 0.06 * draws.cloud + biases.cloud;
  const cloud = clamp(air.cloud + clamp(cloudAim - air.cloud, -MOST_CLOUD_STEP, MOST_CLOUD_STEP), 0, 1);

  air.driftC = 0.93 * air.driftC + 0.6 * draws.temperature;
  air.driftKmh = 0.8 * air.driftKmh + 2.5 * draws.wind;
  const updraught = lift > 0 ? lift : 0;

  air.lift = lift;
  air.humidity = humidity;
  air.cloud = cloud;
  air.temperatureC = clamp(
    climateC(site, hour) + dayC(site, hour, cloud) - heightC(site) + pull.anomalyC + air.driftC,
    -60,
    60,
  );
  air.windKmh = clamp((5 + pull.windKmh + 8 * updraught + air.driftKmh) * site.openness, 0, 150);
  air.rainMmH = clamp(
    (7.5 * Math.max(0, cloud - 0.72) * Math.max(0, humidity - 0.68) * (0.4 + updraught)) / 0.3,
    0,
    30,
  );
}

/** Temperature of the time of year at the climate's reference height. */
export function climateC(site: Site, hour: HourFacts): number {
  const { meanC, yearSwingC } = site.climate.climate;
  return meanC - yearSwingC * Math.cos(2 * Math.PI * hour.yearTurn);
}

/** What the hour of the day adds under this much cloud. */
export function dayC(site: Site, hour: HourFacts, cloud: number): number {
  return site.climate.climate.daySwingC * (1 - 0.6 * cloud) * Math.sin((2 * Math.PI * (hour.hour - 9)) / 24);
}

/** What the height takes away. */
export function heightC(site: Site): number {
  const { lapseCPerKm, referenceElevationM } = site.climate.climate;
  return (lapseCPerKm * (site.elevationM - referenceElevationM)) / 1_000;
}
