import type { Land, Relief } from "@orrery/schema/world/v1";
import { fractal } from "./noise.ts";

/** Elevations on the fine grid that the map is painted on, metres. */
export interface Heights {
  readonly cols: number;
  readonly rows: number;
  /** Grid points a kilometre. */
  readonly perKm: number;
  readonly metres: Float32Array;
  readonly lowest: number;
  readonly highest: number;
}

const PER_KM = 12;
/** Detail below what the pack says, as a share of the local height over the valley. */
const ROUGHNESS = 0.11;

export function heightsOf(land: Land): Heights {
  const cols = Math.round(land.widthKm * PER_KM);
  const rows = Math.round(land.heightKm * PER_KM);
  const metres = new Float32Array(cols * rows);
  const relief = land.relief;
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const [x, y] = [col / PER_KM, row / PER_KM];
      const base = relief === undefined ? 0 : sample(relief, x, y);
      const rough = Math.max(0, base - 260) * ROUGHNESS;
      const metre = base + rough * fractal(x * 0.9, y * 0.9, 4, 7);
      metres[row * cols + col] = metre;
      if (metre < lowest) lowest = metre;
      if (metre > highest) highest = metre;
    }
  }
  return { cols, rows, perKm: PER_KM, metres, lowest, highest };
}

/** Catmull-Rom over the pack's coarse grid. */
function sample({ cols, rows, cellKm, elevationM }: Relief, x: number, y: number): number {
  const gx = Math.min(cols - 1.001, Math.max(0, x / cellKm));
  const gy = Math.min(rows - 1.001, Math.max(0, y / cellKm));
  const [ix, iy] = [Math.floor(gx), Math.floor(gy)];
  const [fx, fy] = [gx - ix, gy - iy];
  const at = (c: number, r: number) =>
    elevationM[Math.min(rows - 1, Math.max(0, r)) * cols + Math.min(cols - 1, Math.max(0, c))] ?? 0;
  const line = (r: number) => cubic(at(ix - 1, r), at(ix, r), at(ix + 1, r), at(ix + 2, r), fx);
  return cubic(line(iy - 1), line(iy), line(iy + 1), line(iy + 2), fy);
}

function cubic(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
