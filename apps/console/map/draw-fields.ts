import { type Camera, toKm, toX, toY } from "./camera.ts";
import { type Colour, css, HALO } from "./ink.ts";
import type { Pen } from "./kept.ts";
import { type RegionGrid, readAt } from "./regions.ts";

/** A field as a wash of colour over the relief. There is one at a time: two of them are mud. */
export function drawWash(
  ctx: Pen,
  camera: Camera,
  grid: RegionGrid,
  values: Float32Array,
  alpha: number,
  colourOf: (value: number) => Colour,
): void {
  const picture = new OffscreenCanvas(grid.cols, grid.rows);
  const pen = picture.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const image = pen.createImageData(grid.cols, grid.rows);
  for (let cell = 0; cell < grid.region.length; cell++) {
    image.data.set(colourOf(values[cell] as number), cell * 4);
    image.data[cell * 4 + 3] = 255 * alpha;
  }
  pen.putImageData(image, 0, 0);
  const [width, height] = [(grid.cols / grid.perKm) * camera.scale, (grid.rows / grid.perKm) * camera.scale];
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(picture, toX(camera, 0), toY(camera, 0), width, height);
}

/** How far apart marks stand, pixels. */
const APART_PX = 18;
const MOST_PX = 5;
const LEAST_PX = 0.7;

/** -1..1: how large a mark is; below 0 it points down. */
export type SizeOf = (value: number) => number;

/** A field as marks that grow with it, on which a wash can lie under: dots, or triangles that point up and down. */
export function drawMarks(
  ctx: Pen,
  camera: Camera,
  grid: RegionGrid,
  values: Float32Array,
  shape: "dots" | "triangles",
  sizeOf: SizeOf,
  colours: readonly [up: string, down: string],
): void {
  const step = APART_PX / camera.scale;
  // Each kind has rows of its own, so that neither hides the other.
  const shift = shape === "dots" ? 0 : 0.5;
  const [left, top] = toKm(camera, 0, 0);
  const [right, low] = toKm(camera, camera.width, camera.height);
  ctx.save();
  ctx.strokeStyle = css(HALO.colour, 0.6);
  ctx.lineWidth = 1;
  for (let row = Math.floor(top / step); (row + shift) * step < low; row++) {
    for (let col = Math.floor(left / step); (col + shift) * step < right; col++) {
      const [xKm, yKm] = [(col + shift) * step, (row + shift) * step];
      const size = sizeOf(readAt(grid, values, xKm, yKm));
      const radius = Math.sqrt(Math.min(1, Math.abs(size))) * MOST_PX;
      if (radius < LEAST_PX) continue;
      const [x, y] = [toX(camera, xKm), toY(camera, yKm)];
      ctx.beginPath();
      if (shape === "dots") ctx.arc(x, y, radius * 0.8, 0, 2 * Math.PI);
      else triangle(ctx, x, y, size > 0 ? radius : -radius);
      ctx.fillStyle = colours[size > 0 ? 0 : 1];
      ctx.fill();
      ctx.stroke();
    }
  }
  ctx.restore();
}

function triangle(ctx: Pen, x: number, y: number, radius: number): void {
  ctx.moveTo(x, y - radius);
  ctx.lineTo(x + radius * 0.87, y + radius * 0.6);
  ctx.lineTo(x - radius * 0.87, y + radius * 0.6);
  ctx.closePath();
}
