import type { Spot } from "./geometry.ts";
import { noise, seedOf } from "./noise.ts";

const STEP_KM = 1.6;
const rounded = (km: number) => Math.round(km * 100) / 100;

export interface Corners {
  readonly width: number;
  readonly height: number;
  readonly roughness: number;
  readonly at: ReadonlyMap<string, Spot>;
}

const onRim = ({ width, height }: Corners, [ax, ay]: Spot, [bx, by]: Spot) =>
  (ax === bx && (ax === 0 || ax === width)) || (ay === by && (ay === 0 || ay === height));

/**
 * The points of a border from one corner to another, the first included, the last not. The same border walked
 * the other way has the same points: it is drawn from its names, in their order, and turned if need be.
 */
function border(corners: Corners, from: string, to: string): Spot[] {
  const turned = from > to;
  const [first, last] = turned ? [to, from] : [from, to];
  const a = corners.at.get(first) as Spot;
  const b = corners.at.get(last) as Spot;
  const km = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const pieces = onRim(corners, a, b) ? 1 : Math.max(1, Math.round(km / STEP_KM));
  const seed = seedOf(`${first} ${last}`);
  const points: Spot[] = [];
  for (let i = 0; i <= pieces; i++) {
    const t = i / pieces;
    const bow = Math.sin(Math.PI * t);
    const stray = corners.roughness * km * bow * (noise(t * 2, 0.5, seed) + 0.45 * noise(t * 6, 7.5, seed));
    const x = a[0] + (b[0] - a[0]) * t - ((b[1] - a[1]) / km) * stray;
    const y = a[1] + (b[1] - a[1]) * t + ((b[0] - a[0]) / km) * stray;
    points.push([
      rounded(Math.min(corners.width, Math.max(0, x))),
      rounded(Math.min(corners.height, Math.max(0, y))),
    ]);
  }
  if (turned) points.reverse();
  return points.slice(0, -1);
}

/** A region's outline as it is drawn: its corners joined by borders that stray as nature does. */
export function drawOutline(corners: Corners, names: readonly string[]): Spot[] {
  return names.flatMap((name, i) => border(corners, name, names[(i + 1) % names.length] as string));
}
