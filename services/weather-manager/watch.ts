import { AlertKind, type Ground, type RegionWeather, type WeatherState } from "@orrery/schema/weather/v1";
import type { Random } from "@orrery/simulation/define";
import { type DangerMeasures, dangersOf, valueOf } from "./danger.ts";
import { runEnsemble } from "./ensemble.ts";
import type { Air } from "./fields.ts";
import { isWet } from "./graph.ts";
import { moveGround } from "./ground.ts";
import { HOUR_GS } from "./hour.ts";
import { bandShare, intensityOf } from "./intensity.ts";
import type { Model } from "./model.ts";
import { presentOf } from "./present.ts";
import { feelsLike, precipKindOf, visibilityOf } from "./sky.ts";

export const WATCH_H = 6;
const MEMBERS = 16;
const OPENS_AT = 0.6;
/** Rivers below this cannot come over their banks within the hours that are watched. */
const RIVER_CONCERN = 0.6;

/** What the next hours may bring to one region: by kind, the share of members that reach a level, and when most do. */
export interface Outlook {
  readonly probability: number;
  /** The hour by which enough members have reached it; of all hours the last if they never do. */
  readonly expectedGs: number;
}

export type Outlooks = ReadonlyMap<AlertKind, Outlook>;

/** A kind that comes and goes within hours, and the signed value from which it has a level. Drought needs no watch. */
interface Watched {
  readonly kind: AlertKind;
  readonly sign: number;
  readonly line: number;
}

function watchedKinds(model: Model): Watched[] {
  return dangersOf(model)
    .filter(({ kind, steps }) => kind !== AlertKind.DROUGHT && steps.length > 0)
    .map(({ kind, sign, steps }) => ({
      kind,
      sign,
      line: Math.min(...steps.map(([, step]) => sign * step)),
    }));
}

type MutableMeasures = { -readonly [K in keyof DangerMeasures]: DangerMeasures[K] };

function measure(air: Air, fog: number, model: Model, riverLevel: number, out: MutableMeasures): void {
  const band = bandShare(air, fog, model.thresholds);
  out.condition = air.condition;
  out.intensity = intensityOf(air.condition, band);
  out.windKmh = air.windKmh;
  // Between these the air is felt much as it is, far from any level.
  const mild = air.temperatureC < 24 && air.temperatureC > 0;
  out.feelsLikeC = mild ? air.temperatureC : feelsLike(air.temperatureC, air.windKmh, air.humidity);
  out.visibilityM = visibilityOf(model, air.condition, band);
  out.riverLevel = riverLevel;
}

/** Rivers of one member, moved along with its air. */
interface MemberRivers {
  readonly grounds: Ground[];
  readonly skies: {
    precipMmH: number;
    precipKind: ReturnType<typeof precipKindOf>;
    temperatureC: number;
    humidity: number;
    windKmh: number;
  }[];
}

function riversOf(state: WeatherState): MemberRivers {
  return {
    grounds: state.regions.map(({ ground }) => ({ ...(ground as Ground) })),
    skies: state.regions.map(() => ({
      precipMmH: 0,
      precipKind: 1,
      temperatureC: 0,
      humidity: 0,
      windKmh: 0,
    })),
  };
}

/**
 * Plays the next 6 hours forward for all regions at once and counts how many of 16 members reach a level of each
 * kind.
 * @returns by region in the order of the pack
 */
export function lookOut(state: WeatherState, model: Model, random: (member: number) => Random): Outlooks[] {
  const kinds = watchedKinds(model);
  const regions = model.sites.length;
  const reachedAt = new Uint8Array(kinds.length * regions * MEMBERS);
  const high = state.regions.some(({ ground }) => (ground?.riverLevel ?? 0) >= RIVER_CONCERN);
  const rivers = high ? Array.from({ length: MEMBERS }, () => riversOf(state)) : [];
  const now: MutableMeasures = {
    condition: 1,
    intensity: 0,
    windKmh: 0,
    feelsLikeC: 0,
    visibilityM: 0,
    riverLevel: 0,
    drought: 0,
  };

  runEnsemble(
    model,
    presentOf(state, model),
    { members: MEMBERS, hours: WATCH_H, sites: model.sites, random },
    (ahead, member, place, air, fog) => {
      const own = rivers[member];
      measure(air, fog, model, own?.grounds[place]?.riverLevel ?? 0, now);
      if (own !== undefined) {
        const sky = own.skies[place]!;
        sky.precipMmH = isWet(air.condition) ? air.rainMmH : 0;
        sky.precipKind = precipKindOf(sky.precipMmH, air.temperatureC, model.thresholds);
        sky.temperatureC = air.temperatureC;
        sky.humidity = air.humidity;
        sky.windKmh = air.windKmh;
        // The tide is the present's: it hardly moves in six hours.
        if (place === regions - 1) moveGround(model, own.grounds, own.skies, [], 0);
      }
      for (let k = 0; k < kinds.length; k++) {
        const { kind, sign, line } = kinds[k]!;
        if (sign * valueOf(kind, now) < line) continue;
        const slot = (k * regions + place) * MEMBERS + member;
        if (reachedAt[slot] === 0) reachedAt[slot] = ahead;
      }
    },
  );

  return state.regions.map((_: RegionWeather, place) => {
    const outlooks = new Map<AlertKind, Outlook>();
    kinds.forEach(({ kind }, k) => {
      const slot = (k * regions + place) * MEMBERS;
      const hours: number[] = [];
      for (let member = 0; member < MEMBERS; member++)
        if (reachedAt[slot + member]! > 0) hours.push(reachedAt[slot + member]!);
      if (hours.length === 0) return;
      hours.sort((a, b) => a - b);
      const enough = hours[Math.ceil(OPENS_AT * MEMBERS) - 1] ?? WATCH_H;
      outlooks.set(kind, {
        probability: hours.length / MEMBERS,
        expectedGs: state.steppedGs + enough * HOUR_GS,
      });
    });
    return outlooks;
  });
}
