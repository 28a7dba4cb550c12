import type { Land } from "@orrery/schema/world/v1";
import type { Powers } from "../data/powers.ts";
import { type Camera, toX, toY } from "./camera.ts";
import type { Pen } from "./kept.ts";

const TINT = 0.3;
const EDGE = 0.8;
const EDGE_PX = 9;
const STRIPE_PX = 9;

/**
 * Whose each region is: a tint of its holder's colour, or only its edge where another colour lies over the land;
 * stripes over it where it is contested.
 */
export function drawControl(ctx: Pen, camera: Camera, land: Land, powers: Powers, edgeOnly: boolean): void {
  for (const { id, outline } of land.regions) {
    const holding = powers.holdings.get(id);
    if (holding === undefined || (holding.holderId === "" && !holding.contested)) continue;
    const area = new Path2D();
    outline.forEach(({ xKm, yKm }, at) => {
      const [x, y] = [toX(camera, xKm), toY(camera, yKm)];
      if (at === 0) area.moveTo(x, y);
      else area.lineTo(x, y);
    });
    area.closePath();
    ctx.save();
    if (holding.holderId !== "") {
      const colour = powers.colourOf(holding.holderId);
      ctx.globalAlpha = TINT;
      ctx.fillStyle = colour;
      if (!edgeOnly) ctx.fill(area);
      ctx.clip(area);
      ctx.globalAlpha = EDGE;
      ctx.strokeStyle = colour;
      ctx.lineWidth = edgeOnly ? 2 * EDGE_PX : EDGE_PX / 2;
      ctx.stroke(area);
    }
    if (holding.contested) drawStripes(ctx, area, camera);
    ctx.restore();
  }
}

function drawStripes(ctx: Pen, area: Path2D, { width, height }: Camera): void {
  ctx.clip(area);
  ctx.globalAlpha = 0.35;
  ctx.strokeStyle = "#1b1912";
  ctx.lineWidth = 2;
  ctx.beginPath();
  for (let x = -height; x < width; x += STRIPE_PX) {
    ctx.moveTo(x, height);
    ctx.lineTo(x + height, 0);
  }
  ctx.stroke();
}
