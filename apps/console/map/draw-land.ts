import { type Land, RoadKind } from "@orrery/schema/world/v1";
import { type Camera, toX, toY } from "./camera.ts";
import type { Pen } from "./kept.ts";
import { shape } from "./shape.ts";

/** A smooth line through points, as a surveyor's hand would draw it. */
function trace(
  ctx: Pen,
  camera: Camera,
  points: readonly { readonly xKm: number; readonly yKm: number }[],
): void {
  ctx.beginPath();
  for (const [i, point] of points.entries()) {
    const [x, y] = [toX(camera, point.xKm), toY(camera, point.yKm)];
    const next = points[i + 1];
    if (i === 0) ctx.moveTo(x, y);
    else if (next === undefined) ctx.lineTo(x, y);
    else ctx.quadraticCurveTo(x, y, (x + toX(camera, next.xKm)) / 2, (y + toY(camera, next.yKm)) / 2);
  }
}

/** @param levelAt river level by place, 1 = bankfull: rivers swell with it */
export function drawWater(
  ctx: Pen,
  camera: Camera,
  land: Land,
  day: number,
  levelAt: (xKm: number, yKm: number) => number,
): void {
  const water = `rgb(${52 + 40 * day},${78 + 52 * day},${96 + 56 * day})`;
  const bank = `rgba(16,20,22,${0.35 + 0.2 * day})`;
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  for (const lake of land.lakes) {
    shape(ctx, camera, lake.outline);
    ctx.fillStyle = water;
    ctx.fill();
    ctx.strokeStyle = bank;
    ctx.lineWidth = 1.5;
    ctx.stroke();
    ctx.save();
    ctx.clip();
    ctx.strokeStyle = `rgba(210,228,235,${0.05 + 0.09 * day})`;
    ctx.lineWidth = 5;
    ctx.stroke();
    ctx.lineWidth = 12;
    ctx.stroke();
    ctx.restore();
  }
  for (const river of land.rivers) {
    const points = river.course;
    for (let i = 1; i < points.length; i++) {
      const before = points[i - 2] ?? points[i - 1];
      const [a, b] = [points[i - 1], points[i]];
      if (a === undefined || b === undefined || before === undefined) continue;
      const level = Math.min(2.4, Math.max(0.5, levelAt(b.xKm, b.yKm)));
      const width =
        (0.7 + Math.sqrt(Math.max(1, b.widthM)) * 0.42) * (camera.scale / 22) ** 0.6 * (0.8 + 0.35 * level);
      const mid = (p: typeof a, q: typeof a) => ({ xKm: (p.xKm + q.xKm) / 2, yKm: (p.yKm + q.yKm) / 2 });
      const [from, to] = [i === 1 ? a : mid(before, a), i === points.length - 1 ? b : mid(a, b)];
      ctx.beginPath();
      ctx.moveTo(toX(camera, from.xKm), toY(camera, from.yKm));
      ctx.quadraticCurveTo(toX(camera, a.xKm), toY(camera, a.yKm), toX(camera, to.xKm), toY(camera, to.yKm));
      ctx.strokeStyle = bank;
      ctx.lineWidth = width + 1.4;
      ctx.stroke();
      ctx.strokeStyle = level > 1 ? `rgb(${96 + 30 * day},${104 + 36 * day},${98 + 36 * day})` : water;
      ctx.lineWidth = width;
      ctx.stroke();
    }
  }
}

const ROADS: Readonly<Partial<Record<RoadKind, { width: number; dash: number[]; alpha: number }>>> = {
  [RoadKind.HIGHWAY]: { width: 2, dash: [], alpha: 0.62 },
  [RoadKind.ROAD]: { width: 1.5, dash: [], alpha: 0.5 },
  [RoadKind.TRACK]: { width: 1.1, dash: [5, 3], alpha: 0.48 },
  [RoadKind.PATH]: { width: 1, dash: [2, 3], alpha: 0.42 },
};

export function drawRoads(ctx: Pen, camera: Camera, land: Land): void {
  for (const road of land.roads) {
    const { width, dash, alpha } = ROADS[road.kind] ?? { width: 1, dash: [], alpha: 0.4 };
    trace(ctx, camera, road.course);
    ctx.setLineDash([]);
    ctx.strokeStyle = `rgba(20,16,12,${alpha * 0.7})`;
    ctx.lineWidth = width + 1.4;
    ctx.stroke();
    ctx.setLineDash(dash);
    ctx.strokeStyle = `rgba(222,198,150,${alpha})`;
    ctx.lineWidth = width;
    ctx.stroke();
  }
  ctx.setLineDash([]);
}
