import { SystemKind, type GetMapResponse } from "@orrery/schema/weather/v1";
import { type Camera, toX, toY } from "./camera.ts";
import type { Pen } from "./kept.ts";

const HOUR_GS = 3_600;

/** The synoptic chart: highs and lows, and fronts with their teeth, where they stand at this moment. */
export function drawChart(ctx: Pen, camera: Camera, chart: GetMapResponse, atGs: number): void {
  ctx.save();
  for (const { system, weight } of chart.systems) {
    if (system === undefined || weight < 0.04) continue;
    const hours = (atGs - chart.atGs) / HOUR_GS;
    const [x, y] = [
      toX(camera, system.xKm + system.vxKmh * hours),
      toY(camera, system.yKm + system.vyKmh * hours),
    ];
    const radius = system.radiusKm * camera.scale;
    const alpha = 0.25 + 0.6 * Math.min(1, weight * 1.4);
    if (system.kind === SystemKind.LOW || system.kind === SystemKind.HIGH) {
      const low = system.kind === SystemKind.LOW;
      const colour = low ? "226,120,96" : "120,176,206";
      for (const ring of [0.35, 0.65, 1]) {
        ctx.beginPath();
        ctx.arc(x, y, radius * ring, 0, 7);
        ctx.strokeStyle = `rgba(${colour},${alpha * (0.75 - ring * 0.4)})`;
        ctx.lineWidth = 1.3;
        ctx.stroke();
      }
      ctx.font = '600 26px "EB Garamond", Georgia, serif';
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillStyle = `rgba(${colour},${Math.min(1, alpha + 0.2)})`;
      ctx.fillText(low ? "L" : "H", x, y);
      continue;
    }
    drawFront(
      ctx,
      x,
      y,
      radius,
      Math.atan2(system.vyKmh, system.vxKmh),
      system.kind === SystemKind.COLD_FRONT,
      alpha,
    );
  }
  ctx.restore();
}

/** An arc across the heading; triangles for cold, half discs for warm, on the side it moves to. */
function drawFront(
  ctx: Pen,
  x: number,
  y: number,
  radius: number,
  heading: number,
  cold: boolean,
  alpha: number,
): void {
  const colour = cold ? `rgba(112,168,224,${alpha})` : `rgba(226,112,92,${alpha})`;
  const bend = radius * 1.6;
  const [cx, cy] = [x - Math.cos(heading) * bend, y - Math.sin(heading) * bend];
  const half = 0.62;
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = 2.4;
  ctx.beginPath();
  ctx.arc(cx, cy, bend, heading - half, heading + half);
  ctx.stroke();
  const teeth = Math.max(5, Math.round((bend * half * 2) / 34));
  for (let i = 0; i < teeth; i++) {
    const turn = heading - half + (2 * half * (i + 0.5)) / teeth;
    const [tx, ty] = [cx + Math.cos(turn) * bend, cy + Math.sin(turn) * bend];
    ctx.beginPath();
    if (cold) {
      const side = 6;
      ctx.moveTo(tx - Math.sin(turn) * side, ty + Math.cos(turn) * side);
      ctx.lineTo(tx + Math.cos(turn) * 9, ty + Math.sin(turn) * 9);
      ctx.lineTo(tx + Math.sin(turn) * side, ty - Math.cos(turn) * side);
    } else {
      ctx.arc(tx, ty, 6, turn - Math.PI / 2, turn + Math.PI / 2);
    }
    ctx.fill();
  }
}
