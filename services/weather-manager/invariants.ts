import type { Message } from "@bufbuild/protobuf";
import { Condition, type Ground, PrecipKind, type Sky, type WeatherState } from "@orrery/schema/weather/v1";
import { areNeighbours, isWet, leastStayHours } from "./graph.ts";
import { imbalanceMm } from "./ground.ts";
import { HOUR_GS } from "./hour.ts";
import { outOfRange } from "./measures.ts";
import type { Model } from "./model.ts";

/** What must hold of the weather in every hour. */
export interface Audit {
  /** Looks at a world after each hour. @returns what is broken; empty when all holds */
  look(state: WeatherState): string[];
}

const MOST_IMBALANCE_MM = 1e-6;

type GroundMeasure = Exclude<keyof Ground, keyof Message>;

/** Every measure of the ground: least and most. */
const GROUND_RANGES: Readonly<Record<GroundMeasure, readonly [number, number]>> = {
  wetness: [0, 1],
  sweMm: [0, 376],
  snowMm: [0, 3_001],
  ice: [0, 1],
  riverMm: [0, 1e6],
  riverLevel: [0, 3],
  drought: [0, 1],
  traction: [0, 1],
};

interface Before {
  readonly condition: Condition;
  readonly sinceGs: number;
  readonly sweMm: number;
}

/** An audit that also holds each hour against the one before. */
export function createAudit(model: Model): Audit {
  const before = new Map<string, Before>();
  return {
    look(state) {
      const broken: string[] = [];
      for (const region of state.regions) {
        const { regionId } = region;
        const [sky, shown, ground] = [region.simulated as Sky, region.shown as Sky, region.ground as Ground];
        const say = (what: string) => broken.push(`${regionId} at ${state.steppedGs}: ${what}`);
        for (const what of [...outOfRange(sky), ...outOfRange(shown)]) say(what);
        for (const [key, [least, most]] of Object.entries(GROUND_RANGES)) {
          const value = ground[key as GroundMeasure];
          if (!(value >= least && value <= most)) say(`${key} ${value}`);
        }
        if (sky.precipMmH > 0 && !isWet(sky.condition))
          say(`${sky.precipMmH} mm/h under condition ${sky.condition}`);
        if (region.water !== undefined && Math.abs(imbalanceMm(ground, region.water)) > MOST_IMBALANCE_MM) {
          say(`water out of balance by ${imbalanceMm(ground, region.water)} mm`);
        }
        const last = before.get(regionId);
        if (last !== undefined) checkChange(last, sky, shown, ground, state.steppedGs, model, say);
        before.set(regionId, { condition: sky.condition, sinceGs: sky.sinceGs, sweMm: ground.sweMm });
      }
      return broken;
    },
  };
}

function checkChange(
  last: Before,
  sky: Sky,
  shown: Sky,
  ground: Ground,
  atGs: number,
  model: Model,
  say: (what: string) => void,
): void {
  if (ground.sweMm > last.sweMm + 1e-9 && shown.precipKind !== PrecipKind.SNOW)
    say(`snow grew under precipitation ${shown.precipKind}`);
  if (sky.condition === last.condition) return;
  if (!areNeighbours(last.condition, sky.condition)) say(`${last.condition} became ${sky.condition}`);
  const stayed = (atGs - last.sinceGs) / HOUR_GS;
  if (stayed < leastStayHours(last.condition)) say(`${last.condition} lasted only ${stayed} h`);
  if (sky.condition === Condition.STORM && sky.temperatureC <= model.thresholds.stormC)
    say(`a storm began at ${sky.temperatureC} °C`);
}
