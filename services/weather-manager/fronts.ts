import { SystemKind } from "@orrery/schema/weather/v1";
import type { Random } from "@orrery/simulation/define";
import type { HourFacts } from "./hour.ts";
import type { Model, Site } from "./model.ts";

/** A pressure system or front; the fields are those of weather.v1.WeatherSystem. */
export interface Front {
  id: string;
  kind: SystemKind;
  xKm: number;
  yKm: number;
  vxKmh: number;
  vyKmh: number;
  radiusKm: number;
  strength: number;
  anomalyC: number;
  ageH: number;
  lifeH: number;
}

/** What all systems together do at a place. */
export interface Pull {
  /** Sums of weights over lows, highs and fronts. */
  low: number;
  high: number;
  front: number;
  /** °C. */
  anomalyC: number;
  /** km/h, before exposure: 20·Σ w·1.65·d/r over lows and fronts. */
  windKmh: number;
  /** Change of pressure per km to the east and the south, hPa. */
  slopeEast: number;
  slopeSouth: number;
  pressureHpa: number;
  /** Index of the system that weighs most, -1: none. */
  heaviest: number;
}

/** Systems reach over the map's rim by their largest radius; the pack's rate is for this area around 60 x 40 km. */
const REACH_KM = 45;
const RATED_AREA_KM2 = (60 + 2 * REACH_KM) * (40 + 2 * REACH_KM);
/** Beyond 4 radii a system weighs less than 4e-4 of its strength: nothing. */
const FELT_RADII = 4;
const STANDARD_HPA = 1_013;
const LOW_HPA = -24;
const HIGH_HPA = 16;
const FRONT_HPA = -7;

const between = (random: Random, least: number, most: number) => least + (most - least) * random.uniform();

const PREFIX = ["", "low", "high", "cold", "warm"];

/**
 * Systems born in an hour. Each aims at a point, uniform over the map, that it reaches at the
 * middle of its life.
 * @param random the hour's own substream
 */
export function arrivals(model: Model, hour: HourFacts, random: Random): Front[] {
  const season = model.systems.seasons[hour.season]!;
  const width = model.widthKm + 2 * REACH_KM;
  const height = model.heightKm + 2 * REACH_KM;
  const count = random.poisson((season.systemsPerDay / 24) * ((width * height) / RATED_AREA_KM2));
  const towards = ((model.systems.climate.prevailingFromDeg + 180) * Math.PI) / 180;
  const born: Front[] = [];
  for (let i = 0; i < count; i++) {
    const kind = kindOf(random.uniform(), season);
    const lifeH = between(random, 18, 60);
    const heading = towards + between(random, -0.6, 0.6);
    const speed = between(random, 2, 8);
    const vxKmh = speed * Math.sin(heading);
    const vyKmh = -speed * Math.cos(heading);
    const aimX = between(random, 0, model.widthKm);
    const aimY = between(random, 0, model.heightKm);
    const warmth = kind === SystemKind.WARM_FRONT ? 4 : kind === SystemKind.COLD_FRONT ? -4 : 0;
    born.push({
      id: `${PREFIX[kind as number]}-${hour.number}-${i + 1}`,
      kind,
      xKm: aimX - (vxKmh * lifeH) / 2,
      yKm: aimY - (vyKmh * lifeH) / 2,
      vxKmh,
      vyKmh,
      radiusKm: between(random, 18, 45),
      strength: between(random, 0.35, 1),
      anomalyC: 2 * random.normal() + warmth,
      ageH: 0,
      lifeH,
    });
  }
  return born;
}

function kindOf(
  u: number,
  season: { lowShare: number; highShare: number; coldFrontShare: number },
): SystemKind {
  if (u < season.lowShare) return SystemKind.LOW;
  if (u < season.lowShare + season.highShare) return SystemKind.HIGH;
  if (u < season.lowShare + season.highShare + season.coldFrontShare) return SystemKind.COLD_FRONT;
  return SystemKind.WARM_FRONT;
}

/** Moves all systems by an hour, in place, and lets the dead go. */
export function moveOn(fronts: Front[]): void {
  let kept = 0;
  for (const front of fronts) {
    front.xKm += front.vxKmh;
    front.yKm += front.vyKmh;
    front.ageH += 1;
    if (front.ageH < front.lifeH) fronts[kept++] = front;
  }
  fronts.length = kept;
}

/** Weight at the middle of a system at its age: strength·sin(π·age/life). */
export function vigour(front: Front): number {
  return front.strength * Math.sin((Math.PI * front.ageH) / front.lifeH);
}

export const noPull = (): Pull => ({
  low: 0,
  high: 0,
  front: 0,
  anomalyC: 0,
  windKmh: 0,
  slopeEast: 0,
  slopeSouth: 0,
  pressureHpa: STANDARD_HPA,
  heaviest: -1,
});

/** Weight of one system at a place. */
export function weightAt(front: Front, site: Site): number {
  const square = (site.xKm - front.xKm) ** 2 + (site.yKm - front.yKm) ** 2;
  return vigour(front) * Math.exp(-square / (2 * front.radiusKm * front.radiusKm));
}

/** Adds the systems' sums at a place to what is already in `out`. */
export function addPull(fronts: readonly Front[], site: Site, out: Pull): void {
  let most = 0;
  for (let i = 0; i < fronts.length; i++) {
    const front = fronts[i]!;
    const dx = site.xKm - front.xKm;
    const dy = site.yKm - front.yKm;
    const r = front.radiusKm;
    const square = dx * dx + dy * dy;
    if (square > FELT_RADII * FELT_RADII * r * r) continue;
    const w = vigour(front) * Math.exp(-square / (2 * r * r));
    let depth = HIGH_HPA;
    if (front.kind === SystemKind.HIGH) {
      out.high += w;
    } else {
      out.windKmh += (20 * w * 1.65 * Math.sqrt(square)) / r;
      if (front.kind === SystemKind.LOW) {
        out.low += w;
        depth = LOW_HPA;
      } else {
        out.front += w;
        depth = FRONT_HPA;
      }
    }
    out.anomalyC += w * front.anomalyC;
    out.pressureHpa += depth * w;
    out.slopeEast -= (depth * w * dx) / (r * r);
    out.slopeSouth -= (depth * w * dy) / (r * r);
    if (w > most) {
      most = w;
      out.heaviest = i;
    }
  }
}

/** Empties a pull for its next use. */
export function clearPull(pull: Pull): void {
  pull.low = pull.high = pull.front = pull.anomalyC = pull.windKmh = pull.slopeEast = pull.slopeSouth = 0;
  pull.pressureHpa = STANDARD_HPA;
  pull.heaviest = -1;
}
