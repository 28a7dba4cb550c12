import { create } from "@bufbuild/protobuf";
import {
  type Condition,
  type Ground,
  GroundConditionsChanged,
  type GroundBands,
  type Overlay,
  type RegionWeather,
  type Sky,
  type ToldSky,
  ToldSkySchema,
  WeatherChanged,
  type WeatherOverride,
  WeatherSource,
} from "@orrery/schema/weather/v1";
import type { WholeOf } from "@orrery/wire";
import type { HourSample, WeatherState } from "@orrery/schema/weather/v1";
import { crossBands, floodOf } from "./bands.ts";
import { effectsOf } from "./effects.ts";
import type { Model, Site } from "./model.ts";
import { type Front, weightAt } from "./fronts.ts";
import { type Kept, type Measures, toldMeasures, typicalOf } from "./measures.ts";
import { overrideAt } from "./override.ts";
import { overlaysOf, precipKindOf } from "./sky.ts";
import { transitionOf } from "./step.ts";

type Stepped = Kept & keyof ToldSky;
/** What is worth telling: a change by so much of what was told. */
const STEPS: Readonly<Record<Stepped, number>> = {
  intensity: 0.15,
  temperatureC: 3,
  windKmh: 15,
};
const STEPPED = Object.keys(STEPS) as Stepped[];

/** Where the sky is going: what an override typically is at once, not the way there; else the simulated sky. */
function destinationOf(region: RegionWeather, model: Model, force: WeatherOverride | undefined): Measures {
  const simulated = region.simulated as Sky;
  return force === undefined ? simulated : typicalOf(model, force.condition, force.intensity, simulated);
}

/**
 * What is worth telling of a region's sky, as an event, or undefined. Once it is returned it counts as told.
 * @param systems those of the world, to name the one that weighs most
 * @param always tell it in any case: an override began or ended
 */
export function tellSky(
  region: RegionWeather,
  model: Model,
  systems: readonly Front[],
  atGs: number,
  always = false,
): WholeOf<typeof WeatherChanged> | undefined {
  const shown = region.shown as Sky;
  const force = overrideAt(region, atGs);
  const measures = destinationOf(region, model, force);
  const { told } = region;
  const overlays = overlaysOf(measures, told?.overlays ?? [], model.thresholds);
  if (!always && told !== undefined && !differs(told, measures, shown.condition, overlays)) return undefined;
  const { condition } = shown;
  const stepped = Object.fromEntries(STEPPED.map((key) => [key, measures[key]])) as Record<Stepped, number>;
  region.told = create(ToldSkySchema, { ...stepped, condition, overlays, atGs });
  shown.revision += 1;
  const system = heaviest(systems, model.sites[model.indexOf.get(region.regionId) ?? 0] as Site);
  return {
    ...toldMeasures(measures),
    atGs,
    regionId: region.regionId,
    from: told?.condition ?? condition,
    condition,
    overlays,
    precipKind: precipKindOf(measures.precipMmH, measures.temperatureC, model.thresholds),
    sinceGs: shown.sinceGs,
    revision: shown.revision,
    effects: effectsOf(model, { condition, visibilityM: measures.visibilityM }, region.ground as Ground),
    transitionS: transitionOf(shown, force?.easeS),
    source: sourceOf(force),
    ...(system !== undefined && { systemId: system.id }),
    ...(force?.incidentId !== undefined && { incidentId: force.incidentId }),
  };
}

function differs(told: ToldSky, now: Measures, condition: Condition, overlays: readonly Overlay[]): boolean {
  return (
    told.condition !== condition ||
    told.overlays.join() !== overlays.join() ||
    STEPPED.some((key) => Math.abs(told[key] - now[key]) >= STEPS[key])
  );
}

function sourceOf(force: WeatherOverride | undefined): WeatherSource {
  if (force === undefined) return WeatherSource.SIMULATION;
  return force.incidentId === undefined ? WeatherSource.ADMIN : WeatherSource.INCIDENT;
}

/** The system with the largest weight at a place, if any is felt there. */
function heaviest(systems: readonly Front[], site: Site): Front | undefined {
  let best: Front | undefined;
  let most = 0.02;
  for (const system of systems) {
    const weight = weightAt(system, site);
    if (weight > most) [best, most] = [system, weight];
  }
  return best;
}

/** The region's weather as it was last told, for a client that comes now. */
export function retellSky(region: RegionWeather, model: Model): WholeOf<typeof WeatherChanged> {
  const shown = region.shown as Sky;
  return {
    ...toldMeasures(shown),
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
    source: sourceOf(overrideAt(region, region.told?.atGs ?? shown.sinceGs)),
  };
}

/** The region's ground as an event, when it crossed a band this hour. */
export function tellGround(
  region: RegionWeather,
  atGs: number,
): WholeOf<typeof GroundConditionsChanged> | undefined {
  if (!crossBands(region.toldBands as GroundBands, region.ground as Ground)) return undefined;
  region.groundRevision += 1;
  region.groundToldGs = atGs;
  return groundNow(region, atGs);
}

export function groundNow(region: RegionWeather, atGs: number): WholeOf<typeof GroundConditionsChanged> {
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

/** A region's hour as history keeps it. */
export function sampleHour(region: RegionWeather, state: WeatherState): WholeOf<typeof HourSample> {
  const { condition, temperatureC, precipMmH, windKmh, humidity, cloud } = region.shown as Sky;
  const { snowMm, wetness, riverLevel } = region.ground as Ground;
  return {
    atGs: state.steppedGs,
    regionId: region.regionId,
    condition,
    temperatureC,
    precipMmH,
    windKmh,
    humidity,
    cloud,
    snowMm,
    wetness,
    riverLevel,
    season: state.season as HourSample["season"],
  };
}
