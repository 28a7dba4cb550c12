import type { Land } from "@orrery/schema/world/v1";
import type { Powers } from "../data/powers.ts";
import { type Camera, toX, toY } from "./camera.ts";

type Ctx = CanvasRenderingContext2D;
const TINT = 0.3;
const STRIPE_PX = 9;

/** Whose each region is: a tint of its holder's colour; stripes over it where it is contested. */
export function drawControl(ctx: Ctx, camera: Camera, land: Land, powers: Powers): void {
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
      ctx.globalAlpha = TINT;
      ctx.fillStyle = powers.colourOf(holding.holderId);
      ctx.fill(area);
    }
    if (holding.contested) drawStripes(ctx, area, camera);
    ctx.restore();
  }
}

function drawStripes(ctx: Ctx, area: Path2D, { width, height }: Camera): void {
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
