import type { Land } from "@orrery/schema/world/v1";
import type { Powers } from "../data/powers.ts";
import { type Camera, toX, toY } from "./camera.ts";
import type { Choice } from "./choice.ts";
import { drawControl } from "./draw-control.ts";
import { drawMarks, drawWash } from "./draw-fields.ts";
import { drawRoads, drawWater } from "./draw-land.ts";
import type { Fields } from "./fields.ts";
import type { Pen } from "./kept.ts";
import { priceColour, temperatureColour } from "./ramps.ts";
import { type RegionGrid, readAt } from "./regions.ts";

const WASH = 0.56;
export const WET = "#6cb8ea";
export const [DEAR, CHEAP] = ["#e8924e", "#7cc0dc"];

/** The land and what lies on it: all that stands still under the sky. */
export function drawGround(
  pen: Pen,
  camera: Camera,
  on: {
    readonly land: Land;
    readonly grid: RegionGrid;
    readonly fields: Fields;
    readonly relief: OffscreenCanvas;
    readonly powers: Powers;
    readonly choice: Choice;
    readonly day: number;
  },
): void {
  const { land, grid, fields, choice, day } = on;
  const { layers } = choice;
  const [width, height] = [land.widthKm * camera.scale, land.heightKm * camera.scale];
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(on.relief, toX(camera, 0), toY(camera, 0), width, height);
  // One colour at a time lies over the land; what else is asked for is told by marks and edges.
  const warmth = layers.has("temperature");
  const prices = layers.has("prices");
  if (warmth) drawWash(pen, camera, grid, fields.temperature, WASH, temperatureColour);
  else if (prices) drawWash(pen, camera, grid, fields.dearness, WASH, priceColour);
  // Of a moment of the past the page does not know whose the land was.
  if (layers.has("control") && choice.atGs === undefined)
    drawControl(pen, camera, land, on.powers, warmth || prices);
  drawWater(pen, camera, land, day, (x, y) => readAt(grid, fields.river, x, y));
  if (layers.has("roads")) drawRoads(pen, camera, land);
  if (layers.has("ground")) drawMarks(pen, camera, grid, fields.wetness, "dots", (wet) => wet, [WET, WET]);
  if (warmth && prices) drawMarks(pen, camera, grid, fields.dearness, "triangles", Math.log2, [DEAR, CHEAP]);
}
