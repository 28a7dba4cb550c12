import type { Point } from "@orrery/schema/world/v1";
import { type Camera, toX, toY } from "./camera.ts";
import type { Pen } from "./kept.ts";

/** A closed outline, to be filled or stroked. */
export function shape(ctx: Pen, camera: Camera, outline: readonly Point[]): void {
  ctx.beginPath();
  for (const [i, point] of outline.entries()) {
    if (i === 0) ctx.moveTo(toX(camera, point.xKm), toY(camera, point.yKm));
    else ctx.lineTo(toX(camera, point.xKm), toY(camera, point.yKm));
  }
  ctx.closePath();
}
