import type { Road } from "@orrery/schema/world/v1";
import { distance, type Spot } from "./geometry.ts";
import type { Way } from "./way.ts";

/** Whoever passes a border so near a road passes it by the road. */
const BESIDE_M = 300;
const M_PER_KM = 1_000;

/** A road's stretch over one of its borders. */
export interface Stretch {
  readonly between: readonly [regionId: string, regionId: string];
  readonly course: readonly Spot[];
}

/**
 * @param routeId `place:road-low/2`: the stretch over the road's second border
 * @returns undefined where the land has no such stretch; one that leads beyond the map is none
 */
export function stretchOf(roads: readonly Road[], routeId: string): Stretch | undefined {
  const slash = routeId.lastIndexOf("/");
  const road = roads.find(({ id }) => id === routeId.slice(0, slash));
  const number = Number(routeId.slice(slash + 1));
  const [one, other] = [road?.regionIds[number - 1], road?.regionIds[number]];
  if (road === undefined || one === undefined || other === undefined) return undefined;
  const course = road.course.map(({ xKm, yKm }): Spot => [xKm * M_PER_KM, yKm * M_PER_KM]);
  return { between: [one, other], course };
}

/** Whether a way passes the border by this stretch, either way. */
export function passes({ legs }: Way, { between: [one, other], course }: Stretch): boolean {
  return legs.some(({ regionId, points }, at) => {
    const next = legs[at + 1]?.regionId;
    const isOver = (regionId === one && next === other) || (regionId === other && next === one);
    const border = points.at(-1);
    return isOver && border !== undefined && metresTo(course, border) <= BESIDE_M;
  });
}

function metresTo(line: readonly Spot[], spot: Spot): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < line.length; i++)
    least = Math.min(least, toSegment(line[i - 1] as Spot, line[i] as Spot, spot));
  return least;
}

function toSegment(from: Spot, to: Spot, [x, y]: Spot): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const squared = dx * dx + dy * dy;
  const share = squared === 0 ? 0 : ((x - from[0]) * dx + (y - from[1]) * dy) / squared;
  const held = Math.min(1, Math.max(0, share));
  return distance([from[0] + dx * held, from[1] + dy * held], [x, y]);
}
