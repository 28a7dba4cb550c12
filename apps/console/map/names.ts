import { type Land, type Peak, type Place, PlaceKind } from "@orrery/schema/world/v1";
import type { Warning } from "../data/warnings.ts";
import { type Camera, toX, toY } from "./camera.ts";
import type { Pen } from "./kept.ts";
import { css, HALO, inkBy } from "./ink.ts";
import { type Label, placeLabels, type Rect } from "./labels.ts";
import { isShown, labelsOf, platesOf } from "./naming.ts";

/** Names of regions, places and peaks with their marks, and what regions are warned of. */
export function drawNames(
  ctx: Pen,
  camera: Camera,
  land: Land,
  named: boolean,
  warnings: ReadonlyMap<string, Warning>,
  dark: number,
  taken: readonly Rect[],
): void {
  const zoom = camera.scale / 22;
  const labels = named ? labelsOf(land, zoom, warnings) : platesOf(land, warnings);
  const placed = placeLabels(
    camera,
    labels,
    named ? [...taken, ...marks(land, camera, zoom)] : taken,
    (label) => {
      usePen(ctx, label);
      return ctx.measureText(label.text).width;
    },
  );
  const ink = (alpha: number) => css(inkBy(dark), alpha);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.strokeStyle = css(HALO.colour, HALO.alpha);
  ctx.lineWidth = HALO.widthPx;
  if (named) drawMarks(ctx, camera, land, zoom, ink(0.95));
  for (const { label, x, y, width } of placed) {
    usePen(ctx, label);
    if (label.draw !== undefined) {
      ctx.save();
      label.draw(ctx, x, y, width);
      ctx.restore();
      continue;
    }
    ctx.strokeText(label.text, x, y);
    ctx.fillStyle = ink(label.alpha);
    ctx.fillText(label.text, x, y);
  }
  ctx.letterSpacing = "0px";
}

function drawMarks(ctx: Pen, camera: Camera, land: Land, zoom: number, ink: string): void {
  for (const peak of land.peaks) drawPeak(ctx, camera, peak, ink);
  for (const place of land.places) if (isShown(place, zoom)) drawPlace(ctx, camera, place, ink);
}

function usePen(ctx: Pen, { font, spacingPx }: Label): void {
  ctx.font = font;
  ctx.letterSpacing = `${spacingPx}px`;
}

function marks(land: Land, camera: Camera, zoom: number): readonly Rect[] {
  return [...land.places.filter((place) => isShown(place, zoom)), ...land.peaks].map(({ xKm, yKm }) => {
    const [x, y] = [toX(camera, xKm), toY(camera, yKm)];
    return { left: x - 3, right: x + 3, top: y - 3, bottom: y + 3 };
  });
}

const MARKS: Readonly<Partial<Record<PlaceKind, number>>> = {
  [PlaceKind.TOWN]: 3,
  [PlaceKind.HOUSE]: 1.2,
};

function drawPlace(ctx: Pen, camera: Camera, { kind, xKm, yKm }: Place, ink: string): void {
  ctx.fillStyle = ink;
  ctx.beginPath();
  ctx.arc(toX(camera, xKm), toY(camera, yKm), MARKS[kind] ?? 1.9, 0, 7);
  ctx.stroke();
  ctx.fill();
}

function drawPeak(ctx: Pen, camera: Camera, { xKm, yKm }: Peak, ink: string): void {
  const [x, y] = [toX(camera, xKm), toY(camera, yKm)];
  ctx.fillStyle = ink;
  ctx.beginPath();
  ctx.moveTo(x, y - 4);
  ctx.lineTo(x + 3.6, y + 2.6);
  ctx.lineTo(x - 3.6, y + 2.6);
  ctx.closePath();
  ctx.stroke();
  ctx.fill();
}
