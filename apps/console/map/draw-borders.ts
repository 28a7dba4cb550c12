import type { Land } from "@orrery/schema/world/v1";
import type { Camera } from "./camera.ts";
import type { Choice } from "./choice.ts";
import { css, HALO } from "./ink.ts";
import type { Pen } from "./kept.ts";
import { shape } from "./shape.ts";

/** Borders of regions: of the one that is chosen, under the hand, or where the keyboard is, to be seen. */
export function drawBorders(
  ctx: Pen,
  camera: Camera,
  land: Land,
  { selected, hovered, focused }: Pick<Choice, "selected" | "hovered" | "focused">,
): void {
  for (const region of land.regions) {
    shape(ctx, camera, region.outline);
    ctx.strokeStyle = "rgba(236,222,190,.11)";
    ctx.lineWidth = 1;
    ctx.stroke();
  }
  for (const [id, alpha] of [
    [hovered, 0.45],
    [selected, 0.95],
  ] as const) {
    const region = land.regions.find((candidate) => candidate.id === id);
    if (region === undefined) continue;
    shape(ctx, camera, region.outline);
    ctx.fillStyle = `rgba(232,196,116,${alpha * 0.07})`;
    ctx.fill();
    ctx.strokeStyle = `rgba(240,204,126,${alpha})`;
    ctx.lineWidth = 1.6;
    ctx.stroke();
  }
  const reached = land.regions.find(({ id }) => id === focused);
  if (reached === undefined) return;
  // Light and dark by turns: seen over whatever the land is.
  shape(ctx, camera, reached.outline);
  ctx.lineWidth = 4;
  ctx.strokeStyle = css(HALO.colour, 0.9);
  ctx.stroke();
  ctx.setLineDash([8, 6]);
  ctx.strokeStyle = "#fff4d8";
  ctx.lineWidth = 2.5;
  ctx.stroke();
  ctx.setLineDash([]);
}
