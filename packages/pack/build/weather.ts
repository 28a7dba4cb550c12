import type {
  ClimateInit,
  EffectsInit,
  EffectTableInit,
  MoonBiasesInit,
  WeatherRulesInit,
} from "@orrery/schema/world/v1";
import type { ClimatesText } from "../shape/climate.ts";
import type { WeatherText } from "../shape/weather.ts";

type SeasonText = ClimatesText["climates"][number]["spring"];

const season = (text: SeasonText) => ({
  systemsPerDay: text.systems_per_day,
  lowShare: text.low,
  highShare: text.high,
  coldFrontShare: text.cold,
  warmFrontShare: text.warm,
  humidity: text.humidity,
  cloud: text.cloud,
  convection: text.convection,
  fogBias: text.fog_bias,
});

export function buildClimates({ climates }: ClimatesText): ClimateInit[] {
  return climates.map((climate) => ({
    id: climate.id,
    name: climate.name,
    spring: season(climate.spring),
    summer: season(climate.summer),
    autumn: season(climate.autumn),
    winter: season(climate.winter),
    meanC: climate.mean_c,
    yearSwingC: climate.year_swing_c,
    daySwingC: climate.day_swing_c,
    lapseCPerKm: climate.lapse_c_per_km,
    referenceElevationM: climate.reference_elevation_m,
    prevailingFromDeg: climate.prevailing_from_deg,
  }));
}

type EffectRow = WeatherText["effects"]["clear"];

function effects([
  visibilityM,
  move,
  traction,
  noiseMask,
  scent,
  fire,
  exposure,
  outdoor,
]: EffectRow): EffectsInit {
  return { visibilityM, move, traction, noiseMask, scent, fire, exposure, outdoor };
}

const camel = (key: string) => key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
const camelled = <V, W>(table: Record<string, V>, turn: (value: V) => W) =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [camel(key), turn(value)]));

export function buildWeather(text: WeatherText): WeatherRulesInit {
  const t = text.thresholds;
  return {
    systemsClimateId: text.systems_climate,
    thresholds: {
      fog: t.fog,
      mist: t.mist,
      clearCloud: t.clear_cloud,
      partlyCloud: t.partly_cloud,
      wetMmH: t.wet_mm_h,
      rainMmH: t.rain_mm_h,
      heavyRainMmH: t.heavy_rain_mm_h,
      heavySnowMmH: t.heavy_snow_mm_h,
      snowC: t.snow_c,
      sleetC: t.sleet_c,
      blizzardWindKmh: t.blizzard_wind_kmh,
      stormLift: t.storm_lift,
      stormC: t.storm_c,
      hysteresis: t.hysteresis,
      fogHysteresis: t.fog_hysteresis,
      windyKmh: t.windy_kmh,
      galeKmh: t.gale_kmh,
      extremeHeatC: t.extreme_heat_c,
      extremeColdC: t.extreme_cold_c,
    },
    effects: camelled(text.effects, effects) as EffectTableInit,
    alerts: text.alerts,
    day: text.face.day,
    night: text.face.night,
    moon: camelled(text.moon, ({ fog, cloud, tide_level }) => ({
      fog,
      cloud,
      tideLevel: tide_level,
    })) as MoonBiasesInit,
  };
}
