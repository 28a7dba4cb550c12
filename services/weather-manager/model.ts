import { Condition } from "@orrery/schema/weather/v1";
import type {
  AlertTable,
  Calendar,
  Climate,
  ClimateSeason,
  Effects,
  Land,
  WeatherRules,
  WeatherThresholds,
} from "@orrery/schema/world/v1";
import { type Seasons, seasonsOf } from "./hour.ts";

/** A region with what its weather needs, in the order of the pack. */
export interface Site {
  readonly id: string;
  readonly index: number;
  readonly xKm: number;
  readonly yKm: number;
  readonly elevationM: number;
  /** Factor of the wind, .7 + .6 · exposure. */
  readonly openness: number;
  readonly estuary: boolean;
  readonly climate: SiteClimate;
  /** Index of the region it drains to, -1: out of the map. */
  readonly downstream: number;
  /** Water that fills the river to its banks, mm. */
  readonly bankfullMm: number;
}

export interface SiteClimate {
  readonly climate: Climate;
  /** By number of SeasonKind. */
  readonly seasons: readonly ClimateSeason[];
}

/** The unchanging half of a world's weather: its pack, ready to be reckoned with. */
export interface Model {
  readonly widthKm: number;
  readonly heightKm: number;
  readonly sites: readonly Site[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Of the climate that sends the systems. */
  readonly systems: SiteClimate;
  readonly rules: WeatherRules;
  readonly thresholds: WeatherThresholds;
  /** By number of Condition. */
  readonly effects: readonly Effects[];
  readonly alerts: AlertTable;
  readonly seasons: Seasons;
}

const BANKFULL_MM = 30;
const BANKFULL_PER_UPSTREAM_MM = 18;

/** A pack's weather as it lies in the state: all parts present. */
export interface Content {
  readonly land?: Land | undefined;
  readonly climates: readonly Climate[];
  readonly rules?: WeatherRules | undefined;
  readonly calendar?: Calendar | undefined;
}

function required<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new TypeError(`the pack has no ${name}`);
  return part;
}

function siteClimate(climate: Climate): SiteClimate {
  const { spring, summer, autumn, winter } = climate;
  const seasons = [spring, spring, summer, autumn, winter].map((season) =>
    required(season, `${climate.id} season`),
  );
  return { climate, seasons };
}

/** How many regions' water passes through each, without its own. */
function upstreamCounts(downstream: readonly number[]): number[] {
  const counts = downstream.map(() => 0);
  for (let i = 0; i < downstream.length; i++) {
    let passed = 0;
    for (
      let to = downstream[i] as number;
      to >= 0 && passed < downstream.length;
      to = downstream[to] as number, passed++
    )
      counts[to]! += 1;
  }
  return counts;
}

/**
 * @param content parts of a validated pack
 * @throws TypeError when a part is absent
 */
export function modelOf(content: Content): Model {
  const land = required(content.land, "land");
  const rules = required(content.rules, "weather");
  const table = required(rules.effects, "effects");
  const climates = new Map(content.climates.map((climate) => [climate.id, siteClimate(climate)]));
  const climateOf = (id: string) => required(climates.get(id), `climate ${id}`);
  const indexOf = new Map(land.regions.map(({ id }, index) => [id, index]));
  const downstream = land.regions.map(({ drainsTo }) => indexOf.get(drainsTo) ?? -1);
  const upstream = upstreamCounts(downstream);
  const effects: Effects[] = [];
  const row = (condition: Condition, given: Effects | undefined) => {
    effects[condition as number] = required(given, `effects of condition ${condition}`);
  };
  row(Condition.UNSPECIFIED, table.clear);
  row(Condition.CLEAR, table.clear);
  row(Condition.PARTLY_CLOUDY, table.partlyCloudy);
  row(Condition.CLOUDY, table.cloudy);
  row(Condition.MIST, table.mist);
  row(Condition.FOG, table.fog);
  row(Condition.DRIZZLE, table.drizzle);
  row(Condition.RAIN, table.rain);
  row(Condition.HEAVY_RAIN, table.heavyRain);
  row(Condition.STORM, table.storm);
  row(Condition.SLEET, table.sleet);
  row(Condition.SNOW, table.snow);
  row(Condition.HEAVY_SNOW, table.heavySnow);
  row(Condition.BLIZZARD, table.blizzard);
  return {
    widthKm: land.widthKm,
    heightKm: land.heightKm,
    sites: land.regions.map((region, index) => ({
      id: region.id,
      index,
      xKm: region.xKm,
      yKm: region.yKm,
      elevationM: region.elevationM,
      openness: 0.7 + 0.6 * region.exposure,
      estuary: region.estuary,
      climate: climateOf(region.climateId),
      downstream: downstream[index] as number,
      bankfullMm: BANKFULL_MM + BANKFULL_PER_UPSTREAM_MM * (upstream[index] as number),
    })),
    indexOf,
    systems: climateOf(rules.systemsClimateId),
    rules,
    thresholds: required(rules.thresholds, "thresholds"),
    effects,
    alerts: required(rules.alerts, "alerts"),
    seasons: seasonsOf(required(content.calendar, "calendar")),
  };
}
