import type { Heights } from "./height.ts";
import type { RegionGrid } from "./regions.ts";
import { albedo, type Light, paint } from "./relief.ts";

/** The sun moves this far before the relief is painted anew, degrees. */
const RELIGHT_DEG = 1.2;
/** Snow waits for a few changes. */
const CHANGES = 8;

/** The relief as a picture that is painted anew when the light or the snow has changed enough to be seen. */
export interface ReliefSheet {
  readonly sheet: OffscreenCanvas;
  /** How often it was. */
  readonly paintings: number;
  light(light: Light, revision: number, snowMm: Float32Array): void;
}

export function createReliefSheet(heights: Heights, grid: RegionGrid): ReliefSheet {
  const sheet = new OffscreenCanvas(heights.cols, heights.rows);
  const pen = sheet.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const image = pen.createImageData(heights.cols, heights.rows);
  const colours = albedo(heights, grid);
  let painted: { light: Light; revision: number } | undefined;
  let paintings = 0;
  return {
    sheet,
    get paintings() {
      return paintings;
    },
    light(light, revision, snowMm) {
      const turned =
        painted === undefined ||
        Math.abs(painted.light.elevationDeg - light.elevationDeg) > RELIGHT_DEG ||
        Math.abs(painted.light.azimuthDeg - light.azimuthDeg) > RELIGHT_DEG * 2;
      if (!turned && painted !== undefined && revision - painted.revision < CHANGES) return;
      paint(heights, colours, light, grid, snowMm, image);
      pen.putImageData(image, 0, 0);
      painted = { light, revision };
      paintings += 1;
    },
  };
}
