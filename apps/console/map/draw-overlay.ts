import type { Land } from "@orrery/schema/world/v1";
import type { Valley } from "../data/valley.ts";
import { warningsOf } from "../data/warnings.ts";
import type { Camera } from "./camera.ts";
import type { Choice } from "./choice.ts";
import { drawClosed, type SpotKm } from "./draw-closed.ts";
import { drawBorders } from "./draw-borders.ts";
import { drawWarned } from "./draw-warnings.ts";
import { drawWind } from "./draw-wind.ts";
import type { Fields } from "./fields.ts";
import type { Pen } from "./kept.ts";
import { drawNames } from "./names.ts";
import type { RegionGrid } from "./regions.ts";

/** What is written over land and sky: borders, warnings, names. */
export function drawOverlay(
  pen: Pen,
  camera: Camera,
  on: {
    readonly land: Land;
    readonly grid: RegionGrid;
    readonly fields: Fields;
    readonly stretches: ReadonlyMap<string, SpotKm>;
    readonly valley: Valley;
    readonly choice: Choice;
    readonly dark: number;
  },
): void {
  const { land, valley, choice } = on;
  const { layers } = choice;
  if (layers.has("wind")) drawWind(pen, camera, on.grid, on.fields, land.widthKm, land.heightKm);
  const warnings = warningsOf(layers.has("weather") ? valley.alerts.values() : []);
  drawWarned(pen, camera, land, warnings);
  drawBorders(pen, camera, land, choice);
  // Of a moment of the past the page does not know which were.
  if (layers.has("roads") && choice.atGs === undefined)
    drawClosed(pen, camera, on.stretches, valley.markets.closed);
  drawNames(pen, camera, land, layers.has("names"), warnings, on.dark, choice.covered);
}
