import { type Context, defineAggregate } from "@orrery/simulation/define";
import {
  HourChanged,
  MoonPhaseChanged,
  PhaseChanged,
  SeasonChanged,
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
  WeatherSampled,
  WeatherSevere,
  WeatherState,
} from "@orrery/schema/weather/v1";
import { PackRevised } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { changeAlerts } from "./alerts.ts";
import { dangersOf } from "./danger.ts";
import { weatherErrors } from "./errors.ts";
import { HOUR_GS } from "./hour.ts";
import type { Model } from "./model.ts";
import { checkOrder, checkRoom, defaultIntensity, endOverride, pushOverride } from "./override.ts";
import { createWeather, modelFor, revise } from "./state.ts";
import { show, stepHour } from "./step.ts";
import { sampleHour, tellGround, tellSky } from "./tell.ts";
import { lookOut } from "./watch.ts";

const EASE_S = 900;
const PRIORITY = 50;
const TIMER = "override-";
/** A large world's hour is noted in several events, none near the size of a frame. */
const SAMPLES_AN_EVENT = 256;

type WeatherContext = Context<
  | typeof WeatherChanged
  | typeof WeatherSevere
  | typeof GroundConditionsChanged
  | typeof WeatherSampled
  | typeof TimerRequested
>;

/** The weather of a world: its fronts, and every region's sky and ground. */
export const weather = defineAggregate(
  {
    state: { root: WeatherState },
    emits: [WeatherChanged, WeatherSevere, GroundConditionsChanged, WeatherSampled, TimerRequested],
    snapshot: "own",
    reads: ["calendar", "land", "climates", "weather"],
  },
  ({ on, command }) => ({
    create(state, created, ctx) {
      state.root = createWeather(created, ctx.streams);
      tellAll(state.root, modelFor(state.root), created.atGs, ctx);
    },
    fork({ root: state }, { worldId }) {
      state.worldId = worldId;
    },
    on: [
      on(HourChanged, ({ root: state }, { atGs }, ctx) => {
        // A late or repeated hour is nothing new; a missing one is simulated before the next.
        for (let hourGs = state.steppedGs + HOUR_GS; hourGs <= atGs; hourGs += HOUR_GS) {
          passHour(state, hourGs, ctx);
        }
      }),
      on(PhaseChanged, ({ root: state }, { now }) => {
        state.face = now?.face ?? state.face;
      }),
      on(SeasonChanged, ({ root: state }, { to }) => {
        state.season = to;
      }),
      on(MoonPhaseChanged, ({ root: state }, { moonId, to }) => {
        state.moonPhases[moonId] = to;
      }),
      on(PackRevised, ({ root: state }, { pack, revision }) => {
        if (pack !== undefined && revision > state.packRevision) revise(state, pack, revision);
      }),
      on(TimerFired, ({ root: state }, { owner, timerId, atGs }, ctx) => {
        if (owner !== "weather-manager" || !timerId.startsWith(TIMER)) return;
        for (const region of state.regions) reshow(state, region, atGs, ctx);
      }),
    ],
    commands: [
      command(SetOverrideRequest, SetOverrideResponse, ({ root: state }, request, ctx) => {
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
        for (const { region, order } of orders) {
          checkOrder(order, nowGs);
          checkRoom(region, order, nowGs);
        }
        for (const { region, order } of orders) pushOverride(region, order);
        state.overrideCount += orders.length;
        for (const { region } of orders) reshow(state, region, nowGs, ctx);
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
      command(ClearOverrideRequest, ClearOverrideResponse, ({ root: state }, { overrideIds }, ctx) => {
        let cleared = 0;
        for (const region of state.regions) {
          if (!endOverride(region, ({ id }) => overrideIds.includes(id), state.steppedGs)) continue;
          cleared += 1;
          reshow(state, region, state.steppedGs, ctx);
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

/** Moves a world by an hour and says what is worth saying. */
function passHour(state: WeatherState, atGs: number, ctx: WeatherContext): void {
  const model = modelFor(state);
  const forced = state.regions.map(({ activeOverrideId }) => activeOverrideId);
  stepHour(state, model, atGs, ctx.streams);
  tellAll(state, model, atGs, ctx, forced);
  for (let at = 0; at < state.regions.length; at += SAMPLES_AN_EVENT) {
    const samples = state.regions.slice(at, at + SAMPLES_AN_EVENT).map((region) => sampleHour(region, state));
    ctx.emit(WeatherSampled, { atGs, samples });
  }
}

/** @param forced overrides in force before the hour: where one began or ended, the sky is told in any case */
function tellAll(
  state: WeatherState,
  model: Model,
  atGs: number,
  ctx: WeatherContext,
  forced?: readonly string[],
): void {
  const dangers = dangersOf(model);
  const number = Math.floor(atGs / HOUR_GS);
  const outlooks = lookOut(state, model, (member) => ctx.streams.stream("watch", number, member));
  state.regions.forEach((region, i) => {
    const turned = forced !== undefined && forced[i] !== region.activeOverrideId;
    const sky = tellSky(region, model, state.systems, atGs, turned);
    if (sky !== undefined) ctx.emit(WeatherChanged, sky);
    const ground = tellGround(region, atGs);
    if (ground !== undefined) ctx.emit(GroundConditionsChanged, ground);
    for (const severe of changeAlerts(region, dangers, outlooks[i], atGs)) ctx.emit(WeatherSevere, severe);
  });
}

/** An override begins or ends between the hours: what is seen changes at once, and is told. */
function reshow(state: WeatherState, region: RegionWeather, atGs: number, ctx: WeatherContext): void {
  const model = modelFor(state);
  const before = region.activeOverrideId;
  show(region, model, atGs);
  const sky = tellSky(region, model, state.systems, atGs, region.activeOverrideId !== before);
  if (sky !== undefined) ctx.emit(WeatherChanged, sky);
  for (const severe of changeAlerts(region, dangersOf(model), undefined, atGs))
    ctx.emit(WeatherSevere, severe);
}
