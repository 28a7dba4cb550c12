import { type Land, type Place, PlaceKind, type Point, RoadKind } from "@orrery/schema/world/v1";
import { type Camera, toX, toY } from "./camera.ts";
import { css, HALO } from "./ink.ts";
import type { Pen } from "./kept.ts";
import type { Choice } from "./scene.ts";

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

function shape(ctx: Pen, camera: Camera, outline: readonly Point[]): void {
  ctx.beginPath();
  for (const [i, point] of outline.entries()) {
    if (i === 0) ctx.moveTo(toX(camera, point.xKm), toY(camera, point.yKm));
    else ctx.lineTo(toX(camera, point.xKm), toY(camera, point.yKm));
  }
  ctx.closePath();
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

/** Share of windows that are lit, by the hour: most in the evening, the last of them past midnight. */
export function lampsAt(hour: number): number {
  const steps = [
    0.2, 0.12, 0.08, 0.06, 0.1, 0.3, 0.55, 0.6, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.45, 0.6, 0.8, 0.95, 1, 1,
    0.85, 0.6, 0.36,
  ];
  const at = Math.floor(hour) % 24;
  const [a = 0, b = 0] = [steps[at], steps[(at + 1) % 24]];
  return a + (b - a) * (hour - Math.floor(hour));
}

const SIZES: Readonly<Partial<Record<PlaceKind, number>>> = {
  [PlaceKind.TOWN]: 14,
  [PlaceKind.VILLAGE]: 8,
  [PlaceKind.HAMLET]: 4,
  [PlaceKind.KEEP]: 5,
  [PlaceKind.ABBEY]: 4,
  [PlaceKind.MILL]: 3,
  [PlaceKind.INN]: 3,
  [PlaceKind.MINE]: 3,
  [PlaceKind.HARBOUR]: 5,
  [PlaceKind.TOWER]: 2,
};

/** Where all sleep, the hearths still glow. */
const EMBERS = 0.34;

/** Warm windows in the dark. */
export function drawLights(
  ctx: Pen,
  camera: Camera,
  places: readonly Place[],
  dark: number,
  litOf: (settlement: string) => number,
): void {
  if (dark <= 0.02) return;
  ctx.save();
  ctx.globalCompositeOperation = "lighter";
  for (const place of places) {
    const windows = place.within === "" ? (SIZES[place.kind] ?? 0) : 0;
    if (windows === 0) continue;
    const lit = Math.max(EMBERS, litOf(place.id));
    const [x, y] = [toX(camera, place.xKm), toY(camera, place.yKm)];
    const reach = (6 + windows * 1.5) * (camera.scale / 22) ** 0.5;
    const glow = ctx.createRadialGradient(x, y, 0, x, y, reach * 2.2);
    glow.addColorStop(0, `rgba(255,176,84,${0.34 * dark * lit})`);
    glow.addColorStop(1, "rgba(255,150,60,0)");
    ctx.fillStyle = glow;
    ctx.fillRect(x - reach * 2.2, y - reach * 2.2, reach * 4.4, reach * 4.4);
    for (let i = 0; i < windows; i++) {
      const turn = i * 2.39996;
      const away = Math.sqrt(i / windows) * reach * 0.6;
      if ((i * 0.618) % 1 > lit) continue;
      ctx.fillStyle = `rgba(255,212,140,${0.9 * dark})`;
      ctx.fillRect(x + Math.cos(turn) * away - 0.7, y + Math.sin(turn) * away - 0.7, 1.5, 1.5);
    }
  }
  ctx.restore();
}
