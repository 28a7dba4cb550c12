import { type Place, PlaceKind } from "@orrery/schema/world/v1";
import { type Camera, toX, toY } from "./camera.ts";
import type { Pen } from "./kept.ts";

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
