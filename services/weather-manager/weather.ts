import { defineAggregate } from "@orrery/simulation";
import {
  HourChanged,
  MoonPhaseChanged,
  PhaseChanged,
  TimerFired,
  TimerRequested,
} from "@orrery/schema/time/v1";
import {
  ClearOverrideRequest,
  ClearOverrideResponse,
  GroundConditionsChanged,
  type RegionWeather,
  SetOverrideRequest,
  SetOverrideResponse,
  WeatherChanged,
  WeatherSevere,
  WeatherState,
} from "@orrery/schema/weather/v1";
import { PackRevised } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { changeAlerts } from "./alerts.ts";
import { weatherErrors } from "./errors.ts";
import { HOUR_GS } from "./hour.ts";
import type { Model } from "./model.ts";
import { checkOrder, defaultIntensity, endOverride, pushOverride } from "./override.ts";
import { createWeather, modelFor, revise } from "./state.ts";
import { show, stepHour } from "./step.ts";
import { tellGround, tellSky, worthTelling } from "./tell.ts";
import type { Context } from "@orrery/simulation";

const EASE_S = 900;
const PRIORITY = 50;
const TIMER = "override-";

type WeatherContext = Context<
  typeof WeatherChanged | typeof WeatherSevere | typeof GroundConditionsChanged | typeof TimerRequested
>;

/** The weather of a world: its fronts, and every region's sky and ground. */
export const weather = defineAggregate(
  { state: WeatherState, emits: [WeatherChanged, WeatherSevere, GroundConditionsChanged, TimerRequested] },
  ({ on, command }) => ({
    create(created, ctx) {
      const state = createWeather(created, ctx.streams);
      for (const region of state.regions) tell(region, modelFor(state), created.atGs, ctx);
      return state;
    },
    on: [
      on(HourChanged, (state, { atGs }, ctx) => {
        // A late or repeated hour is nothing new; a missing one is simulated before the next.
        for (let hourGs = state.steppedGs + HOUR_GS; hourGs <= atGs; hourGs += HOUR_GS) {
          const model = modelFor(state);
          stepHour(state, model, hourGs, ctx.streams);
          for (const region of state.regions) tell(region, model, hourGs, ctx);
        }
      }),
      on(PhaseChanged, (state, { now }) => {
        state.face = now?.face ?? state.face;
      }),
      on(MoonPhaseChanged, (state, { moonId, to }) => {
        state.moonPhases[moonId] = to;
      }),
      on(PackRevised, (state, { pack, revision }) => {
        if (pack !== undefined && revision > state.packRevision) revise(state, pack, revision);
      }),
      on(TimerFired, (state, { owner, timerId, atGs }, ctx) => {
        if (owner !== "weather-manager" || !timerId.startsWith(TIMER)) return;
        for (const region of state.regions) reshow(region, modelFor(state), atGs, ctx);
      }),
    ],
    commands: [
      command(SetOverrideRequest, SetOverrideResponse, (state, request, ctx) => {
        const nowGs = state.steppedGs;
        const regions = regionsOf(state, request.regionIds);
        const orders = regions.map((region, i) => ({
          region,
          order: {
            id: `o${state.overrideCount + 1 + i}`,
            priority: request.priority ?? PRIORITY,
            condition: request.condition,
            intensity: request.intensity ?? defaultIntensity(request.condition),
            fromGs: request.fromGs ?? nowGs,
            untilGs: request.untilGs,
            easeS: request.easeS ?? EASE_S,
            by: ctx.by,
            reason: request.reason,
            order: state.overrideCount + 1 + i,
          },
        }));
        for (const { order } of orders) checkOrder(order, nowGs);
        for (const { region, order } of orders) pushOverride(region, order, nowGs);
        state.overrideCount += orders.length;
        const model = modelFor(state);
        for (const { region } of orders) reshow(region, model, nowGs, ctx);
        for (const instant of new Set(orders.flatMap(({ order }) => [order.fromGs, order.untilGs]))) {
          if (instant <= nowGs) continue;
          ctx.emit(TimerRequested, {
            atGs: nowGs,
            timerId: `${TIMER}${instant}`,
            revision: 1,
            dueGs: Math.ceil(instant),
          });
        }
        return { overrideIds: orders.map(({ order }) => order.id) };
      }),
      command(ClearOverrideRequest, ClearOverrideResponse, (state, { overrideIds }, ctx) => {
        let cleared = 0;
        for (const region of state.regions) {
          if (!endOverride(region, ({ id }) => overrideIds.includes(id), state.steppedGs)) continue;
          cleared += 1;
          reshow(region, modelFor(state), state.steppedGs, ctx);
        }
        return { cleared };
      }),
    ],
  }),
);

/** @throws WORLD_UNKNOWN_REGION */
export function regionsOf(state: WeatherState, ids: readonly string[]): RegionWeather[] {
  if (ids.length === 0) return state.regions;
  return ids.map((id) => {
    const region = state.regions.find(({ regionId }) => regionId === id);
    if (region === undefined) throw new OrreryError(weatherErrors.WORLD_UNKNOWN_REGION, { given: id });
    return region;
  });
}

/** Says what of a region is worth saying this hour. */
function tell(region: RegionWeather, model: Model, atGs: number, ctx: WeatherContext): void {
  if (worthTelling(region)) ctx.emit(WeatherChanged, tellSky(region, model, atGs));
  const ground = tellGround(region, atGs);
  if (ground !== undefined) ctx.emit(GroundConditionsChanged, ground);
  for (const severe of changeAlerts(region, model, atGs)) ctx.emit(WeatherSevere, severe);
}

/** An override begins or ends between the hours: what is seen changes at once, and is told. */
function reshow(region: RegionWeather, model: Model, atGs: number, ctx: WeatherContext): void {
  const before = region.activeOverrideId;
  show(region, model, atGs);
  if (region.activeOverrideId === before && !worthTelling(region)) return;
  ctx.emit(WeatherChanged, tellSky(region, model, atGs));
  for (const severe of changeAlerts(region, model, atGs)) ctx.emit(WeatherSevere, severe);
}
