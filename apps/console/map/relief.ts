import { Biome } from "@orrery/schema/world/v1";
import type { Heights } from "./height.ts";
import { dayUnder, HAZE, MOON, MOONLIT } from "./night.ts";
import { fractal, noise } from "./noise.ts";
import { type RegionGrid, readAt } from "./regions.ts";

/** Where a light stands. */
export interface Light {
  readonly azimuthDeg: number;
  readonly elevationDeg: number;
}

/** Hypsometric tints, lowest to highest: moss, loam, stone, snowlight. */
const TINTS: readonly (readonly [number, readonly [number, number, number]])[] = [
  [0, [44, 56, 46]],
  [0.1, [58, 69, 50]],
  [0.25, [84, 86, 58]],
  [0.42, [108, 97, 70]],
  [0.6, [122, 108, 88]],
  [0.8, [150, 140, 124]],
  [1, [206, 202, 192]],
];
const WOODS: Readonly<Partial<Record<number, readonly [number, number, number]>>> = {
  [Biome.CONIFER_FOREST]: [30, 50, 42],
  [Biome.BROADLEAF_FOREST]: [44, 66, 40],
};
const SOFT: Readonly<Partial<Record<number, readonly [number, number, number]>>> = {
  [Biome.FARMLAND]: [104, 100, 58],
  [Biome.MEADOW]: [76, 92, 56],
  [Biome.MOOR]: [86, 76, 72],
  [Biome.WETLAND]: [54, 72, 64],
  [Biome.LAKESHORE]: [62, 82, 70],
};
const TREE_LINE = 0.66;
const EXAGGERATION = 2.4;

function tint(share: number): [number, number, number] {
  for (let i = 1; i < TINTS.length; i++) {
    const [low, a] = TINTS[i - 1] as (typeof TINTS)[number];
    const [high, b] = TINTS[i] as (typeof TINTS)[number];
    if (share > high) continue;
    const t = (share - low) / (high - low);
    return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
  }
  return [206, 202, 192];
}

/** The land without light: colours that only change with the pack. */
export function albedo(heights: Heights, grid: RegionGrid): Uint8ClampedArray {
  const { cols, rows, perKm, metres, lowest, highest } = heights;
  const colours = new Uint8ClampedArray(cols * rows * 3);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const cell = row * cols + col;
      const share = ((metres[cell] as number) - lowest) / (highest - lowest);
      const [x, y] = [col / perKm, row / perKm];
      // Borders of biomes wander a little, as those of woods do.
      const wander = fractal(x * 0.8, y * 0.8, 4, 3) * 2.2;
      const place = Math.min(grid.rows - 1, Math.max(0, Math.round((y + wander) * grid.perKm))) * grid.cols;
      const biome =
        grid.biome[place + Math.min(grid.cols - 1, Math.max(0, Math.round((x + wander) * grid.perKm)))] ?? 0;
      let [r, g, b] = tint(share);
      const wood = WOODS[biome];
      if (wood !== undefined && share < TREE_LINE) {
        const cover =
          Math.min(1, Math.max(0, 0.62 + 1.3 * fractal(x * 1.5, y * 1.5, 4, 11))) *
          Math.min(1, (TREE_LINE - share) * 8);
        const grain = 0.82 + noise(x * 11, y * 11, 5) * 0.36;
        [r, g, b] = [
          r + (wood[0] * grain - r) * cover,
          g + (wood[1] * grain - g) * cover,
          b + (wood[2] * grain - b) * cover,
        ];
      }
      const soft = SOFT[biome];
      if (soft !== undefined && share < 0.5) {
        const field =
          biome === Biome.FARMLAND
            ? 0.35 +
              0.3 * Number(noise(Math.floor(x * 2.2 + y) * 1.3, Math.floor(y * 2.6 - x * 0.6) * 1.7, 9) > 0.5)
            : 0.45;
        const cover = field * (1 - share * 1.6);
        [r, g, b] = [r + (soft[0] - r) * cover, g + (soft[1] - g) * cover, b + (soft[2] - b) * cover];
      }
      colours[cell * 3] = r;
      colours[cell * 3 + 1] = g;
      colours[cell * 3 + 2] = b;
    }
  }
  return colours;
}

/**
 * Paints the land under a light: hillshade after Horn (1981) with a second, soft light from the zenith so that
 * no slope drowns; snow lies where the ground says so, deeper up high.
 * @param snowMm on the region grid
 */
export function paint(
  heights: Heights,
  colours: Uint8ClampedArray,
  light: Light,
  grid: RegionGrid,
  snowMm: Float32Array,
  into: ImageData,
): void {
  const { cols, rows, perKm, metres, lowest, highest } = heights;
  const day = dayUnder(light.elevationDeg);
  const sun = toward(light.azimuthDeg, Math.max(6, light.elevationDeg));
  const moon = toward(MOON.azimuthDeg, MOON.elevationDeg);
  const cellM = 1000 / perKm;
  const warmth = Math.max(0, 1 - Math.abs(light.elevationDeg - 3) / 14);
  const { data } = into;
  const night = {
    red: MOONLIT.red + (1 - MOONLIT.red) * day,
    green: MOONLIT.green + (1 - MOONLIT.green) * day,
    blue: MOONLIT.blue + (1 - MOONLIT.blue) * day,
  };
  for (let row = 0; row < rows; row++) {
    const up = Math.max(0, row - 1) * cols;
    const low = Math.min(rows - 1, row + 1) * cols;
    for (let col = 0; col < cols; col++) {
      const cell = row * cols + col;
      const left = Math.max(0, col - 1);
      const right = Math.min(cols - 1, col + 1);
      const dx =
        (((metres[row * cols + right] as number) - (metres[row * cols + left] as number)) / (2 * cellM)) *
        EXAGGERATION;
      const dy =
        (((metres[low + col] as number) - (metres[up + col] as number)) / (2 * cellM)) * EXAGGERATION;
      const length = Math.sqrt(dx * dx + dy * dy + 1);
      const direct = Math.max(0, (-dx * sun[0] - dy * sun[1] + sun[2]) / length);
      const lamp = Math.max(0, (-dx * moon[0] - dy * moon[1] + moon[2]) / length);
      const ambient = 0.62 + 0.38 / length;
      const shade =
        (0.34 * ambient + 0.92 * direct) * day + (0.26 * ambient + 0.62 * lamp) * (1 - day) + 0.06;
      const share = ((metres[cell] as number) - lowest) / (highest - lowest);
      const depth = readAt(grid, snowMm, col / perKm, row / perKm) * (0.55 + 0.9 * share);
      const white = depth <= 0 ? 0 : Math.min(0.92, depth / (depth + 90)) * (length > 1.9 ? 0.55 : 1);
      const r = (colours[cell * 3] as number) * (1 - white) + 226 * white;
      const g = (colours[cell * 3 + 1] as number) * (1 - white) + 232 * white;
      const b = (colours[cell * 3 + 2] as number) * (1 - white) + 240 * white;
      const at = cell * 4;
      const glow = warmth * direct * day;
      data[at] = r * shade * (1 + 0.16 * glow) * night.red + HAZE.red * (1 - day);
      data[at + 1] = g * shade * (1 + 0.02 * glow) * night.green + HAZE.green * (1 - day);
      data[at + 2] = b * shade * (1 - 0.1 * glow) * night.blue + HAZE.blue * (1 - day);
      data[at + 3] = 255;
    }
  }
}

/** From the land to a light: east, south, up. */
function toward(azimuthDeg: number, elevationDeg: number): readonly [number, number, number] {
  const [azimuth, zenith] = [(azimuthDeg * Math.PI) / 180, ((90 - elevationDeg) * Math.PI) / 180];
  return [Math.sin(zenith) * Math.sin(azimuth), -Math.sin(zenith) * Math.cos(azimuth), Math.cos(zenith)];
}
