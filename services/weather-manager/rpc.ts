import { setImmediate } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import {
  ClearOverrideRequest,
  ClearOverrideResponse,
  GetMapResponseSchema,
  MapField,
  type RegionWeather,
  SetOverrideRequest,
  SetOverrideResponse,
  type Sky,
  type Ground,
  type WeatherState,
  WeatherService,
} from "@orrery/schema/weather/v1";
import { streamsOf } from "@orrery/simulation";
import { type Call, callerName, pageAsked, serve, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { floodOf } from "./bands.ts";
import { climateTally } from "./climate.ts";
import { earlier } from "./earlier.ts";
import { effectsOf } from "./effects.ts";
import { weatherErrors } from "./errors.ts";
import { explain } from "./explain.ts";
import { forecasts } from "./forecast-part.ts";
import { weightAt, type Front } from "./fronts.ts";
import { HOUR_GS } from "./hour.ts";
import type { Model, Site } from "./model.ts";
import { presentOf } from "./present.ts";
import { type SimulatedClimate, simulateByDay } from "./simulate.ts";
import { snapshot } from "./snapshot.ts";
import { modelFor } from "./state.ts";
import { readSamples, sampleOf } from "./store.ts";
import { retellSky } from "./tell.ts";
import { regionsOf, weather } from "./weather.ts";
import type { WeatherTables } from "./store.ts";

const HORIZON_H = 168;
const STANDARD_HOURS = 48;
const TRACK_H = 12;
const DAYS = 3_600;
const DAYS_AT_ONCE = 8;
const ALL_SAMPLES = 400_000;

function look(call: Call, worldId: string): { state: WeatherState; model: Model } {
  const state = call.part(weather).state(worldId).root;
  return { state, model: modelFor(state) };
}

/** @throws WORLD_UNKNOWN_REGION */
function siteOf(state: WeatherState, model: Model, regionId: string): Site {
  regionsOf(state, [regionId]);
  return model.sites[model.indexOf.get(regionId) ?? 0] as Site;
}

function spanError(given: string): never {
  throw new OrreryError(weatherErrors.WEATHER_SPAN, { given });
}

type Coloured = Exclude<MapField, typeof MapField.UNSPECIFIED>;

/** What a map can be coloured by. */
const MAP_FIELDS: Readonly<Record<Coloured, (sky: Sky, ground: Ground) => number>> = {
  [MapField.TEMPERATURE_C]: (sky) => sky.temperatureC,
  [MapField.FEELS_LIKE_C]: (sky) => sky.feelsLikeC,
  [MapField.HUMIDITY]: (sky) => sky.humidity,
  [MapField.CLOUD]: (sky) => sky.cloud,
  [MapField.PRECIP_MM_H]: (sky) => sky.precipMmH,
  [MapField.WIND_KMH]: (sky) => sky.windKmh,
  [MapField.PRESSURE_HPA]: (sky) => sky.pressureHpa,
  [MapField.VISIBILITY_M]: (sky) => sky.visibilityM,
  [MapField.WETNESS]: (_, ground) => ground.wetness,
  [MapField.SNOW_MM]: (_, ground) => ground.snowMm,
  [MapField.ICE]: (_, ground) => ground.ice,
  [MapField.RIVER_LEVEL]: (_, ground) => ground.riverLevel,
  [MapField.DROUGHT]: (_, ground) => ground.drought,
};

/** Where a system was and will be, an hour apart. */
function trackOf(system: Front, atGs: number) {
  const hours = Array.from({ length: 2 * TRACK_H + 1 }, (_, i) => i - TRACK_H);
  return hours
    .filter((hour) => system.ageH + hour >= 0 && system.ageH + hour < system.lifeH)
    .map((hour) => ({
      atGs: atGs + hour * HOUR_GS,
      xKm: system.xKm + system.vxKmh * hour,
      yKm: system.yKm + system.vyKmh * hour,
    }));
}

async function audit(
  call: Call,
  world: string,
  act: string,
  ids: readonly string[],
  reason: string,
): Promise<void> {
  if (ids.length === 0) return;
  const by = callerName(call.caller);
  const at_ms = call.kit.clock.now();
  await call.kit.store
    .as<WeatherTables>()
    .insertInto("override_audit")
    .values(ids.map((override_id) => ({ world, at_ms, by, act, override_id, reason })))
    .execute();
}

export const rpc = [
  snapshot,
  serve(WeatherService, {
    getWeather({ worldId, regionIds }, call) {
      const { state, model } = look(call, worldId);
      const regions = regionsOf(state, regionIds).map((region) => {
        const { regionId, shown, ground, transition, alerts, toldBands } = region;
        const force = region.overrides.find(({ id }) => id === region.activeOverrideId);
        const effects = { ...effectsOf(model, shown as Sky, ground as Ground) };
        return {
          regionId,
          ...(shown && { sky: shown }),
          ...(ground && { ground }),
          effects,
          ...(transition && { transition }),
          ...(force && { override: force }),
          alerts,
          flood: floodOf(toldBands?.river ?? 0),
          told: retellSky(region, model),
        };
      });
      return { atGs: state.steppedGs, regions };
    },
    getMap({ worldId, regionIds, field: asked }, call) {
      const field = (asked || MapField.TEMPERATURE_C) as Coloured;
      const valueOf = MAP_FIELDS[field];
      // Whoever calls may know a later contract.
      if (valueOf === undefined)
        throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `field ${field}` });
      const { state, model } = look(call, worldId);
      const regions = regionsOf(state, regionIds);
      return create(GetMapResponseSchema, {
        atGs: state.steppedGs,
        field,
        systems: state.systems.map((system) => ({
          system,
          weight: Math.max(0, ...model.sites.map((site) => weightAt(system, site))),
          track: trackOf(system, state.steppedGs),
        })),
        values: regions.map(({ regionId, shown, ground }) => ({
          regionId,
          value: valueOf(shown as Sky, ground as Ground),
          condition: (shown as Sky).condition,
          windKmh: (shown as Sky).windKmh,
          windDirDeg: (shown as Sky).windDirDeg,
        })),
      });
    },
    getForecast({ worldId, regionId, hours: asked, issuedGs }, call) {
      const hours = asked || STANDARD_HOURS;
      if (!(hours >= 1 && hours <= HORIZON_H))
        throw new OrreryError(weatherErrors.WEATHER_HORIZON, { given: `${hours} hours` });
      const { state, model } = look(call, worldId);
      const site = siteOf(state, model, regionId);
      const then = issuedGs === undefined ? undefined : call.part(earlier).at(worldId, issuedGs);
      if (issuedGs !== undefined && then === undefined)
        throw new OrreryError(weatherErrors.WEATHER_NOT_KEPT, { given: `${issuedGs} game seconds` });
      const present = then?.present ?? presentOf(state, model);
      const made = call.part(forecasts).of(worldId, present, then?.model ?? model, site, hours);
      return { regionId, issuedGs: present.atGs, hours: made };
    },
    async getHistory({ worldId, regionId, fromGs, toGs, ...asked }, call) {
      const { state } = look(call, worldId);
      regionsOf(state, [regionId]);
      if (!(toGs > fromGs)) spanError(`from ${fromGs} to ${toGs}`);
      const page = pageAsked(asked, ["history", worldId, regionId, fromGs, toGs], ["number"]);
      const [start] = page.place ?? [fromGs];
      const rows = await readSamples(call.kit.store, worldId, regionId, start, toGs, page.size + 1);
      const next = rows[page.size];
      return {
        samples: rows.slice(0, page.size).map(sampleOf),
        nextPageToken: page.next(next && [next.at_gs]),
      };
    },
    async getClimate({ worldId, regionId, fromGs, toGs }, call) {
      const { state } = look(call, worldId);
      regionsOf(state, [regionId]);
      const rows = await readSamples(
        call.kit.store,
        worldId,
        regionId,
        fromGs ?? Number.MIN_SAFE_INTEGER,
        toGs ?? state.steppedGs + 1,
        ALL_SAMPLES,
      );
      const tally = climateTally();
      for (const row of rows) tally.add(sampleOf(row));
      return { seasons: tally.seasons() };
    },
    explain({ worldId, regionId }, call) {
      const { state, model } = look(call, worldId);
      const site = siteOf(state, model, regionId);
      const region = state.regions[site.index] as RegionWeather;
      return {
        regionId,
        atGs: state.steppedGs,
        shares: explain(state, model, site),
        lift: region.lift,
        ...(region.shown && { sky: region.shown }),
      };
    },
    async setOverride(request, call) {
      const terms = { caller: callerName(call.caller), idempotencyKey: request.idempotencyKey };
      const { reply, events } = await call
        .part(weather)
        .command(request.worldId, SetOverrideRequest, SetOverrideResponse, request, terms);
      if (events.length > 0) await audit(call, request.worldId, "set", reply.overrideIds, request.reason);
      return reply;
    },
    async clearOverride(request, call) {
      const terms = { caller: callerName(call.caller), idempotencyKey: request.idempotencyKey };
      const { reply, events } = await call
        .part(weather)
        .command(request.worldId, ClearOverrideRequest, ClearOverrideResponse, request, terms);
      if (events.length > 0) await audit(call, request.worldId, "clear", request.overrideIds, request.reason);
      return reply;
    },
    listOverrides({ worldId, regionIds }, call) {
      const { state } = look(call, worldId);
      const overrides = regionsOf(state, regionIds).flatMap(
        ({ regionId, overrides: own, activeOverrideId }) =>
          own
            .filter(({ untilGs }) => untilGs > state.steppedGs)
            .map((override) => ({ regionId, override, inForce: override.id === activeOverrideId })),
      );
      return { overrides };
    },
    async simulate({ worldId, days, seed }, call) {
      if (!(days >= 1 && days <= DAYS)) spanError(`${days} days, 1..${DAYS}`);
      const { state } = look(call, worldId);
      const { seasons, regions } = await simulated(state, days, seed || worldId, call.signal);
      return {
        seasons: seasons.seasons(),
        regions: [...regions].map(([regionId, tally]) => ({ regionId, seasons: tally.seasons() })),
      };
    },
  }),
];

/** A long simulation gives way after every few days, and stops when nobody waits for it any more. */
async function simulated(
  state: WeatherState,
  days: number,
  seed: string,
  signal: AbortSignal,
): Promise<SimulatedClimate> {
  const simulation = simulateByDay(state, days, streamsOf(seed, "weather-manager"));
  for (;;) {
    const { done, value } = simulation.next();
    if (done) return value;
    if (value % DAYS_AT_ONCE !== 0) continue;
    await setImmediate();
    signal.throwIfAborted();
  }
}
