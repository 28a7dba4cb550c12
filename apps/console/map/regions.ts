import type { Land, Point } from "@orrery/schema/world/v1";
import { Biome } from "@orrery/schema/world/v1";

/** For every cell of a coarse grid: which region it lies in, and how much its neighbours shine through. */
export interface RegionGrid {
  readonly cols: number;
  readonly rows: number;
  readonly perKm: number;
  /** Index into the land's regions. */
  readonly region: Uint8Array;
  /** Weights of up to four regions a cell, for soft borders: index and share. */
  readonly near: Uint8Array;
  readonly share: Float32Array;
  readonly biome: Uint8Array;
}

const PER_KM = 4;
const NEAR = 4;
/** Weather does not end at a border: it fades over about this far. */
const SOFT_KM = 3.2;

export function inside(outline: readonly Point[], x: number, y: number): boolean {
  let odd = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [a, b] = [outline[i] as Point, outline[j] as Point];
    if (a.yKm > y !== b.yKm > y && x < ((b.xKm - a.xKm) * (y - a.yKm)) / (b.yKm - a.yKm) + a.xKm) odd = !odd;
  }
  return odd;
}

export function regionGrid(land: Land): RegionGrid {
  const cols = Math.round(land.widthKm * PER_KM) + 1;
  const rows = Math.round(land.heightKm * PER_KM) + 1;
  const region = new Uint8Array(cols * rows);
  const near = new Uint8Array(cols * rows * NEAR);
  const share = new Float32Array(cols * rows * NEAR);
  const biome = new Uint8Array(cols * rows);
  const { regions } = land;
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const [x, y] = [col / PER_KM, row / PER_KM];
      const cell = row * cols + col;
      const found = regions.findIndex(({ outline }) => inside(outline, x, y));
      const own = found >= 0 ? found : closest(land, x, y);
      region[cell] = own;
      biome[cell] = regions[own]?.biome ?? Biome.UNSPECIFIED;
      const ranked = regions
        .map(({ outline }, index) => ({ index, away: index === own ? 0 : distance(outline, x, y) }))
        .sort((a, b) => a.away - b.away)
        .slice(0, NEAR);
      const weights = ranked.map(({ away }) => Math.exp(-((away / SOFT_KM) ** 2)));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      for (const [place, { index }] of ranked.entries()) {
        near[cell * NEAR + place] = index;
        share[cell * NEAR + place] = (weights[place] as number) / sum;
      }
    }
  }
  return { cols, rows, perKm: PER_KM, region, near, share, biome };
}

function closest(land: Land, x: number, y: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, region] of land.regions.entries()) {
    const away = Math.hypot(region.xKm - x, region.yKm - y);
    if (away < least) [best, least] = [index, away];
  }
  return best;
}

function distance(outline: readonly Point[], x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [a, b] = [outline[j] as Point, outline[i] as Point];
    const [dx, dy] = [b.xKm - a.xKm, b.yKm - a.yKm];
    const along = Math.min(1, Math.max(0, ((x - a.xKm) * dx + (y - a.yKm) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(a.xKm + along * dx - x, a.yKm + along * dy - y));
  }
  return least;
}

/** A value of each region, spread softly over the grid. */
export function spread(grid: RegionGrid, values: readonly number[], into: Float32Array): Float32Array {
  for (let cell = 0; cell < grid.region.length; cell++) {
    let sum = 0;
    for (let place = 0; place < NEAR; place++) {
      sum +=
        (values[grid.near[cell * NEAR + place] as number] ?? 0) * (grid.share[cell * NEAR + place] as number);
    }
    into[cell] = sum;
  }
  return into;
}

/** Bilinear read at a place, km. */
export function readAt(grid: RegionGrid, values: Float32Array, x: number, y: number): number {
  const gx = Math.min(grid.cols - 1.001, Math.max(0, x * grid.perKm));
  const gy = Math.min(grid.rows - 1.001, Math.max(0, y * grid.perKm));
  const [ix, iy] = [Math.floor(gx), Math.floor(gy)];
  const [fx, fy] = [gx - ix, gy - iy];
  const at = iy * grid.cols + ix;
  const top = (values[at] as number) * (1 - fx) + (values[at + 1] as number) * fx;
  const low = (values[at + grid.cols] as number) * (1 - fx) + (values[at + grid.cols + 1] as number) * fx;
  return top * (1 - fy) + low * fy;
}
