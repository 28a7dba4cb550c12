import { create } from "@bufbuild/protobuf";
import { FAIR, type PlaceSky, type Valley } from "@orrery/economy";
import {
  AlertKind,
  AlertLevel,
  AlertStage,
  Flood,
  type GroundConditionsChanged,
  type WeatherChanged,
  type WeatherSevere,
} from "@orrery/schema/weather/v1";
import { type RealmSky, RealmSkySchema } from "@orrery/schema/world/v1";
import type { RealmWorld } from "./state.ts";

/** What closes a road whatever its kind. Cold and heat, fog and drought close none. */
const CLOSING: ReadonlySet<AlertKind> = new Set([
  AlertKind.STORM,
  AlertKind.GALE,
  AlertKind.BLIZZARD,
  AlertKind.FLOOD,
]);

function skyOf({ skies }: RealmWorld, regionId: string): RealmSky {
  if (skies.has(regionId)) return skies.edit(regionId);
  return skies.add(regionId, create(RealmSkySchema, FAIR));
}

export function hearWeather(state: RealmWorld, { regionId, effects }: WeatherChanged): void {
  const sky = skyOf(state, regionId);
  sky.outdoor = effects?.outdoor ?? 1;
  sky.move = effects?.move ?? 1;
  sky.traction = effects?.traction ?? 1;
}

export function hearGround(
  state: RealmWorld,
  { regionId, snowMm, drought, flood }: GroundConditionsChanged,
): void {
  Object.assign(skyOf(state, regionId), { snowMm, drought, flooded: flood >= Flood.FLOOD });
}

export function hearDanger(state: RealmWorld, { regionId, kind, level, stage }: WeatherSevere): void {
  if (!CLOSING.has(kind)) return;
  const sky = skyOf(state, regionId);
  const others = sky.emergencies.filter((known) => known !== kind);
  // A watch tells of what may come: no road closes by it.
  const isHere = level === AlertLevel.EMERGENCY && stage !== AlertStage.WATCH && stage !== AlertStage.ENDED;
  sky.emergencies = isHere ? [...others, kind] : others;
}

/** It breaks things: dangerous weather of a warning and above that has come, or has grown. */
export const isToMend = ({ kind, level, stage }: WeatherSevere): boolean =>
  CLOSING.has(kind) &&
  level >= AlertLevel.WARNING &&
  (stage === AlertStage.ONSET || stage === AlertStage.RAISED);

/** The sky over each place, fair where nothing was heard of one. */
export const skyAt =
  ({ skies }: Pick<RealmWorld, "skies">, { places }: Valley) =>
  (place: number): PlaceSky =>
    skies.get(places[place]?.id ?? "") ?? FAIR;
