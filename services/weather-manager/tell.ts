import { create } from "@bufbuild/protobuf";
import {
  type Ground,
  GroundConditionsChanged,
  type GroundBands,
  type RegionWeather,
  type Sky,
  ToldSkySchema,
  WeatherChanged,
  WeatherSource,
} from "@orrery/schema/weather/v1";
import type { InitOf } from "@orrery/wire";
import { crossBands, floodOf } from "./bands.ts";
import { effectsOf } from "./effects.ts";
import type { Model } from "./model.ts";
import { destinationOf, overrideAt } from "./override.ts";
import { transitionOf } from "./step.ts";

const INTENSITY_STEP = 0.15;
const TEMPERATURE_STEP_C = 3;
const WIND_STEP_KMH = 15;

/** Whether what is seen differs enough from what was told last. */
export function worthTelling(region: RegionWeather): boolean {
  const { told } = region;
  const shown = region.shown as Sky;
  if (told === undefined) return true;
  return (
    told.condition !== shown.condition ||
    told.overlays.join() !== shown.overlays.join() ||
    Math.abs(told.intensity - shown.intensity) >= INTENSITY_STEP ||
    Math.abs(told.temperatureC - shown.temperatureC) >= TEMPERATURE_STEP_C ||
    Math.abs(told.windKmh - shown.windKmh) >= WIND_STEP_KMH
  );
}

/** The region's weather as an event; from here on it counts as told. */
export function tellSky(region: RegionWeather, model: Model, atGs: number): InitOf<typeof WeatherChanged> {
  const shown = region.shown as Sky;
  const force = overrideAt(region, atGs);
  const { pressureHpa: _pressure, ...measures } = destinationOf(shown, region.simulated as Sky, force, model);
  const from = region.told?.condition ?? shown.condition;
  const { condition, overlays, intensity, temperatureC, windKmh } = shown;
  region.told = create(ToldSkySchema, {
    condition,
    overlays: [...overlays],
    intensity,
    temperatureC,
    windKmh,
    atGs,
  });
  shown.revision += 1;
  return {
    ...said(measures),
    atGs,
    regionId: region.regionId,
    from,
    condition,
    overlays: [...overlays],
    precipKind: shown.precipKind,
    sinceGs: shown.sinceGs,
    revision: shown.revision,
    effects: effectsOf(model, shown, region.ground as Ground),
    transitionS: transitionOf(shown, force?.easeS),
    source:
      force === undefined
        ? WeatherSource.SIMULATION
        : force.incidentId === undefined
          ? WeatherSource.ADMIN
          : WeatherSource.INCIDENT,
    ...(force?.incidentId !== undefined && { incidentId: force.incidentId }),
  };
}

type Measured = Pick<
  Sky,
  | "intensity"
  | "temperatureC"
  | "feelsLikeC"
  | "humidity"
  | "cloud"
  | "precipMmH"
  | "windKmh"
  | "windDirDeg"
  | "visibilityM"
  | "thunder"
>;

const said = ({
  intensity,
  temperatureC,
  feelsLikeC,
  humidity,
  cloud,
  precipMmH,
  windKmh,
  windDirDeg,
  visibilityM,
  thunder,
}: Measured) => ({
  intensity,
  temperatureC,
  feelsLikeC,
  humidity,
  cloud,
  precipMmH,
  windKmh,
  windDirDeg,
  visibilityM,
  thunder,
});

/** The region's weather as it was last told, for a client that comes now. */
export function retellSky(region: RegionWeather, model: Model): InitOf<typeof WeatherChanged> {
  const shown = region.shown as Sky;
  return {
    ...said(shown),
    atGs: region.told?.atGs ?? shown.sinceGs,
    regionId: region.regionId,
    from: shown.condition,
    condition: shown.condition,
    overlays: [...shown.overlays],
    precipKind: shown.precipKind,
    sinceGs: shown.sinceGs,
    revision: shown.revision,
    effects: effectsOf(model, shown, region.ground as Ground),
    transitionS: 0,
    source: WeatherSource.SIMULATION,
  };
}

/** The region's ground as an event, when it crossed a band this hour. */
export function tellGround(
  region: RegionWeather,
  atGs: number,
): InitOf<typeof GroundConditionsChanged> | undefined {
  if (!crossBands(region.toldBands as GroundBands, region.ground as Ground)) return undefined;
  region.groundRevision += 1;
  region.groundToldGs = atGs;
  return groundNow(region, atGs);
}

export function groundNow(region: RegionWeather, atGs: number): InitOf<typeof GroundConditionsChanged> {
  const { wetness, sweMm, snowMm, ice, riverMm, riverLevel, drought, traction } = region.ground as Ground;
  const flood = floodOf((region.toldBands as GroundBands).river);
  return {
    atGs,
    regionId: region.regionId,
    wetness,
    sweMm,
    snowMm,
    ice,
    riverMm,
    riverLevel,
    drought,
    traction,
    flood,
    revision: region.groundRevision,
  };
}
