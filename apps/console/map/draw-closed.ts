import type { Land, Road } from "@orrery/schema/world/v1";
import { type Camera, toX, toY } from "./camera.ts";
import type { Pen } from "./kept.ts";
import { inside } from "./regions.ts";

export type SpotKm = readonly [xKm: number, yKm: number];

/** A border is looked for along a road so far apart, km. */
const STEP_KM = 0.2;
const RADIUS = 6;

/** Where the stretches of roads lie that may be closed, by their ids: the border that one crosses, or where it leaves the land. */
export function stretchesOf(land: Land): ReadonlyMap<string, SpotKm> {
  const spots = new Map<string, SpotKm>();
  for (const road of land.roads) {
    const crossings = crossingsOf(land, road);
    crossings.forEach((spot, at) => spots.set(`${road.id}/${at + 1}`, spot));
  }
  return spots;
}

/** The first spot in each region that a road comes to, but for the one that it begins in. */
function crossingsOf(land: Land, { course, regionIds }: Road): SpotKm[] {
  const outlines = regionIds.map((id) => land.regions.find((region) => region.id === id)?.outline ?? []);
  const spots: SpotKm[] = [];
  let next = 1;
  for (let i = 1; i < course.length; i++) {
    const [from, to] = [course[i - 1], course[i]];
    if (from === undefined || to === undefined) continue;
    const steps = Math.max(1, Math.ceil(Math.hypot(to.xKm - from.xKm, to.yKm - from.yKm) / STEP_KM));
    for (let step = 0; step <= steps && next < outlines.length; step++) {
      const share = step / steps;
      const spot: SpotKm = [from.xKm + (to.xKm - from.xKm) * share, from.yKm + (to.yKm - from.yKm) * share];
      if (!inside(outlines[next] ?? [], ...spot)) continue;
      spots.push(spot);
      next += 1;
    }
  }
  return spots;
}

/** A bar across each road that nobody passes. */
export function drawClosed(
  ctx: Pen,
  camera: Camera,
  stretches: ReadonlyMap<string, SpotKm>,
  closed: ReadonlySet<string>,
): void {
  ctx.save();
  ctx.lineWidth = 1.6;
  for (const id of closed) {
    const spot = stretches.get(id);
    if (spot === undefined) continue;
    const [x, y] = [toX(camera, spot[0]), toY(camera, spot[1])];
    ctx.beginPath();
    ctx.arc(x, y, RADIUS, 0, 2 * Math.PI);
    ctx.fillStyle = "rgba(18,17,15,.82)";
    ctx.fill();
    ctx.strokeStyle = "#e58a70";
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - RADIUS * 0.55, y);
    ctx.lineTo(x + RADIUS * 0.55, y);
    ctx.stroke();
  }
  ctx.restore();
}
