import { create } from "@bufbuild/protobuf";
import {
  Condition,
  type Ground,
  type RegionWeather,
  type Sky,
  type WeatherState,
  WeatherSystemSchema,
} from "@orrery/schema/weather/v1";
import { Face } from "@orrery/schema/time/v1";
import type { MoonBias, MoonBiases } from "@orrery/schema/world/v1";
import type { Streams } from "@orrery/simulation/define";
import { airOf, drawsOf, moveAir } from "./air-step.ts";
import { effectsOf } from "./effects.ts";
import type { Biases } from "./fields.ts";
import { addPull, arrivals, clearPull, moveOn, noPull } from "./fronts.ts";
import { moveGround } from "./ground.ts";
import { writeSky } from "./measures.ts";
import type { Model } from "./model.ts";
import { dropSpent, writeShown } from "./override.ts";

const FAST_S = 300;
const SLOWEST_S = 3_600;
const QUICKEST_S = 1_200;

/** Moves the weather of a world by one hour, in place. What is worth telling is found afterwards. */
export function stepHour(state: WeatherState, model: Model, atGs: number, streams: Streams): void {
  const hour = model.seasons.hourAt(atGs);
  state.steppedGs = atGs;
  state.season = hour.season;
  moveOn(state.systems);
  for (const born of arrivals(model, hour, streams.stream("hour", hour.number)))
    state.systems.push(create(WeatherSystemSchema, born));
  const biases = biasesOf(state, model);
  const pull = noPull();
  for (const site of model.sites) {
    const region = state.regions[site.index] as RegionWeather;
    clearPull(pull);
    addPull(state.systems, site, pull);
    const air = airOf(region);
    const fog = moveAir(air, site, hour, pull, drawsOf(streams, hour, site), biases, model);
    region.lift = air.lift;
    region.driftC = air.driftC;
    region.driftKmh = air.driftKmh;
    writeSky(region.simulated as Sky, air, fog, pull, model, site.climate.climate.prevailingFromDeg);
    show(region, model, atGs);
  }
  moveGround(
    model,
    state.regions.map(({ ground }) => ground as Ground),
    state.regions.map(({ shown }) => shown as Sky),
    state.regions.map(({ water }) => water),
    tideOf(state, model),
  );
  for (const region of state.regions) {
    const ground = region.ground as Ground;
    ground.traction = effectsOf(model, region.shown as Sky, ground).traction;
  }
}

/** What is seen of a region now: the simulated sky under its overrides. Also between the hours, when an override begins or ends. */
export function show(region: RegionWeather, model: Model, atGs: number): void {
  const shown = region.shown as Sky;
  const before = shown.condition;
  dropSpent(region, atGs);
  const force = writeShown(region, shown, region.simulated as Sky, model, atGs);
  region.activeOverrideId = force?.id ?? "";
  if (shown.condition === before) return;
  shown.sinceGs = atGs;
  region.transition = {
    $typeName: "weather.v1.Transition",
    from: before,
    to: shown.condition,
    startGs: atGs,
    transitionS: transitionOf(shown, force?.easeS),
  };
}

/** How long the eye has for a change: violent weather comes fast, the rest the quicker the stronger it is. */
export function transitionOf(sky: Pick<Sky, "condition" | "intensity">, easeS?: number): number {
  if (easeS !== undefined && easeS > 0) return Math.round(easeS);
  if (sky.condition === Condition.STORM || sky.condition === Condition.BLIZZARD) return FAST_S;
  return Math.round(SLOWEST_S - (SLOWEST_S - QUICKEST_S) * Math.min(1, Math.max(0, sky.intensity)));
}

const MOON_KEYS = [
  "",
  "new",
  "waxingCrescent",
  "firstQuarter",
  "waxingGibbous",
  "full",
  "waningGibbous",
  "lastQuarter",
  "waningCrescent",
] as const;

function moonBiasOf(table: MoonBiases | undefined, phase: number): MoonBias | undefined {
  return table === undefined
    ? undefined
    : (table as unknown as Record<string, MoonBias | undefined>)[MOON_KEYS[phase] ?? ""];
}

/** What face and moons add to fog and cloud. */
export function biasesOf(state: WeatherState, model: Model): Biases {
  const face = state.face === Face.NIGHT ? model.rules.night : model.rules.day;
  let [fog, cloud] = [face?.fog ?? 0, face?.cloud ?? 0];
  for (const phase of Object.values(state.moonPhases)) {
    const bias = moonBiasOf(model.rules.moon, phase);
    fog += bias?.fog ?? 0;
    cloud += bias?.cloud ?? 0;
  }
  return { fog, cloud };
}

/** What the moons add to the level of estuaries, of bankfull. */
function tideOf(state: WeatherState, model: Model): number {
  return Object.values(state.moonPhases).reduce(
    (sum, phase) => sum + (moonBiasOf(model.rules.moon, phase)?.tideLevel ?? 0),
    0,
  );
}
