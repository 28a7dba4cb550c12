import { create } from "@bufbuild/protobuf";
import {
  Condition,
  GroundSchema,
  GroundBandsSchema,
  PrecipKind,
  type RegionWeather,
  RegionWeatherSchema,
  SkySchema,
  WaterBalanceSchema,
  type WeatherState,
  WeatherStateSchema,
} from "@orrery/schema/weather/v1";
import { Face, MoonPhase } from "@orrery/schema/time/v1";
import {
  type Land,
  LandSchema,
  type Moon,
  type Pack,
  RegionSchema,
  type WorldCreated,
} from "@orrery/schema/world/v1";
import type { Streams } from "@orrery/simulation/define";
import { HOUR_GS } from "./hour.ts";
import { firstMeasures } from "./measures.ts";
import { type Model, modelOf, type Site } from "./model.ts";
import { stepHour } from "./step.ts";

/** Hours simulated before a world begins, so that it begins with weather under way. */
const SPIN_UP_H = 96;

const models = new WeakMap<WeatherState, { readonly revision: number; readonly model: Model }>();

/** The model of a state's pack, made once for as long as the pack stays. */
export function modelFor(state: WeatherState): Model {
  const known = models.get(state);
  if (known?.revision === state.packRevision) return known.model;
  const model = modelOf(state);
  models.set(state, { revision: state.packRevision, model });
  return model;
}

export function createWeather(created: WorldCreated, streams: Streams): WeatherState {
  const { land, climates = [], weather: rules, calendar } = created.pack ?? ({} as Partial<Pack>);
  const startGs = Math.floor(created.atGs / HOUR_GS) * HOUR_GS;
  const state = create(WeatherStateSchema, {
    worldId: created.worldId,
    steppedGs: startGs - SPIN_UP_H * HOUR_GS,
    ...(land && { land: bare(land) }),
    climates,
    ...(rules && { rules }),
    ...(calendar && { calendar }),
  });
  const model = modelFor(state);
  const first = model.seasons.hourAt(state.steppedGs);
  state.season = first.season;
  state.face = first.hour >= 6 && first.hour < 18 ? Face.DAY : Face.NIGHT;
  for (const moon of calendar?.moons ?? []) state.moonPhases[moon.id] = moonPhaseAt(moon, startGs);
  state.regions = model.sites.map((site) => newRegion(site, first.season, state.steppedGs));
  for (let atGs = state.steppedGs + HOUR_GS; atGs <= startGs; atGs += HOUR_GS)
    stepHour(state, model, atGs, streams);
  for (const region of state.regions) if (region.water !== undefined) region.water = openBalance(region);
  return state;
}

/** The eighth of a moon's cycle at an instant, by number of time.v1.MoonPhase; the clock says of each further one. */
function moonPhaseAt({ offsetS, cycleS }: Moon, atGs: number): MoonPhase {
  const eighth = Math.floor(((atGs + offsetS) / cycleS) * 8 + 0.5);
  return ((((eighth % 8) + 8) % 8) + MoonPhase.NEW) as MoonPhase;
}

/** What of the land the weather needs: where its regions are. The rest would only weigh on every snapshot. */
function bare({ widthKm, heightKm, regions }: Land): Land {
  return create(LandSchema, {
    widthKm,
    heightKm,
    regions: regions.map((region) => create(RegionSchema, { ...region, outline: [] })),
  });
}

/** A revised pack: regions that stay keep their weather, new ones begin, lost ones end. */
export function revise(state: WeatherState, pack: Pack, revision: number): void {
  state.land = pack.land && bare(pack.land);
  state.climates = pack.climates;
  state.rules = pack.weather;
  state.calendar = pack.calendar;
  state.packRevision = revision;
  const model = modelFor(state);
  const { season } = model.seasons.hourAt(state.steppedGs);
  const known = new Map(state.regions.map((region) => [region.regionId, region]));
  state.regions = model.sites.map((site) => known.get(site.id) ?? newRegion(site, season, state.steppedGs));
}

function newRegion(site: Site, season: number, atGs: number): RegionWeather {
  const sky = () =>
    create(SkySchema, {
      ...firstMeasures(site, season),
      condition: Condition.PARTLY_CLOUDY,
      precipKind: PrecipKind.NONE,
      sinceGs: atGs,
    });
  const region = create(RegionWeatherSchema, {
    regionId: site.id,
    simulated: sky(),
    shown: sky(),
    ground: create(GroundSchema, {
      wetness: 0.2,
      riverMm: site.bankfullMm * 0.4,
      riverLevel: 0.4,
      traction: 1,
    }),
    toldBands: create(GroundBandsSchema),
  });
  region.water = openBalance(region);
  return region;
}

/** What lies there when the counting begins counts as received. */
function openBalance({ ground }: RegionWeather) {
  return create(WaterBalanceSchema, { receivedMm: (ground?.sweMm ?? 0) + (ground?.riverMm ?? 0) });
}
