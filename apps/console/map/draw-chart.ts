import { SystemKind, type GetMapResponse } from "@orrery/schema/weather/v1";
import { type Camera, toX, toY } from "./camera.ts";
import type { Fields } from "./fields.ts";
import { type RegionGrid, readAt } from "./regions.ts";

type Ctx = CanvasRenderingContext2D;
const HOUR_GS = 3_600;

/** The synoptic chart: highs and lows, and fronts with their teeth, where they stand at this moment. */
export function drawChart(ctx: Ctx, camera: Camera, chart: GetMapResponse, atGs: number): void {
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
  ctx: Ctx,
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

const COLD_TO_HOT: readonly (readonly [number, readonly [number, number, number]])[] = [
  [-25, [126, 110, 190]],
  [-10, [92, 132, 200]],
  [0, [120, 180, 206]],
  [10, [128, 178, 120]],
  [20, [222, 190, 104]],
  [30, [214, 112, 72]],
  [40, [160, 48, 60]],
];

export function temperatureColour(celsius: number): [number, number, number] {
  for (let i = 1; i < COLD_TO_HOT.length; i++) {
    const [low, a] = COLD_TO_HOT[i - 1] as (typeof COLD_TO_HOT)[number];
    const [high, b] = COLD_TO_HOT[i] as (typeof COLD_TO_HOT)[number];
    if (celsius > high) continue;
    const t = Math.max(0, (celsius - low) / (high - low));
    return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
  }
  return [160, 48, 60];
}

/** Cheap is cool, dear is warm; as usual is no colour of its own. @param dearness prices over what is usual, 1 at rest */
export function priceColour(dearness: number): [number, number, number] {
  const share = Math.min(1, Math.max(-1, Math.log2(Math.max(0.01, dearness))));
  const [usual, end] = [[120, 112, 96], share > 0 ? [214, 120, 62] : [92, 158, 190]];
  const mix = (i: number) => (usual[i] ?? 0) + ((end[i] ?? 0) - (usual[i] ?? 0)) * Math.abs(share);
  return [mix(0), mix(1), mix(2)];
}

/** A field as a wash of colour over the relief. */
export function drawField(
  ctx: Ctx,
  camera: Camera,
  grid: RegionGrid,
  widthKm: number,
  heightKm: number,
  colourOf: (cell: number) => readonly [number, number, number, number],
): void {
  const picture = new OffscreenCanvas(grid.cols, grid.rows);
  const pen = picture.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const image = pen.createImageData(grid.cols, grid.rows);
  for (let cell = 0; cell < grid.region.length; cell++) image.data.set(colourOf(cell), cell * 4);
  pen.putImageData(image, 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(picture, toX(camera, 0), toY(camera, 0), widthKm * camera.scale, heightKm * camera.scale);
}

/** Arrows with the wind, longer where it blows harder. */
export function drawWind(
  ctx: Ctx,
  camera: Camera,
  grid: RegionGrid,
  fields: Fields,
  widthKm: number,
  heightKm: number,
): void {
  ctx.save();
  ctx.strokeStyle = "rgba(190,220,232,.62)";
  ctx.lineWidth = 1.3;
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
  ctx.stroke();
  ctx.restore();
}
