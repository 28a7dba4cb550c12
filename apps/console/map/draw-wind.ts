import { type Camera, toX, toY } from "./camera.ts";
import type { Fields } from "./fields.ts";
import { css, HALO } from "./ink.ts";
import type { Pen } from "./kept.ts";
import { type RegionGrid, readAt } from "./regions.ts";

/** Arrows with the wind, longer where it blows harder. */
export function drawWind(
  ctx: Pen,
  camera: Camera,
  grid: RegionGrid,
  fields: Fields,
  widthKm: number,
  heightKm: number,
): void {
  ctx.save();
  ctx.lineCap = "round";
  ctx.beginPath();
  for (let y = 1.5; y < heightKm; y += 2.6) {
    for (let x = 1.5; x < widthKm; x += 2.6) {
      const [vx, vy] = [readAt(grid, fields.windX, x, y), readAt(grid, fields.windY, x, y)];
      const speed = Math.hypot(vx, vy);
      if (speed < 1) continue;
      const length = 6 + Math.min(26, speed * 0.5);
      const [ux, uy] = [vx / speed, vy / speed];
      const [px, py] = [toX(camera, x), toY(camera, y)];
      const [ex, ey] = [px + ux * length, py + uy * length];
      ctx.moveTo(px, py);
      ctx.lineTo(ex, ey);
      ctx.moveTo(ex - ux * 4 - uy * 3, ey - uy * 4 + ux * 3);
      ctx.lineTo(ex, ey);
      ctx.lineTo(ex - ux * 4 + uy * 3, ey - uy * 4 - ux * 3);
    }
  }
  // Dark under light: they are seen over any colour.
  ctx.strokeStyle = css(HALO.colour, 0.55);
  ctx.lineWidth = 3.2;
  ctx.stroke();
  ctx.strokeStyle = "rgba(214,236,244,.92)";
  ctx.lineWidth = 1.3;
  ctx.stroke();
  ctx.restore();
}
