import { type Land, type Peak, type Place, PlaceKind } from "@orrery/schema/world/v1";
import type { Warning } from "../data/warnings.ts";
import { type Camera, toX, toY } from "./camera.ts";
import type { Pen } from "./kept.ts";
import { plateOf } from "./draw-warnings.ts";
import { css, HALO, inkBy } from "./ink.ts";
import { type Label, placeLabels, type Rect } from "./labels.ts";

const SERIF = '"EB Garamond", Georgia, serif';
/** Below its mark, above it, beside it. */
const AROUND = (below: number) =>
  [
    [0, below],
    [0, -below],
    [1, 0],
    [-1, 0],
  ] as const;
/** A region's name stands where its middle is, or a little off it. */
const ABOUT = [
  [0, -4],
  [0, 14],
  [0, -22],
  [0, 30],
  [0, -38],
  [0, 46],
] as const;

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

/** The worst first. */
function platesOf({ regions }: Land, warnings: ReadonlyMap<string, Warning>): readonly Label[] {
  return regions
    .flatMap((region) => {
      const warning = warnings.get(region.id);
      return warning === undefined ? [] : [{ region, warning }];
    })
    .sort((one, other) => other.warning.level - one.warning.level)
    .map(({ region, warning }) => plateOf(region, warning));
}

function labelsOf(land: Land, zoom: number, warnings: ReadonlyMap<string, Warning>): readonly Label[] {
  const towns = land.places.filter(({ kind }) => kind === PlaceKind.TOWN);
  const others = land.places.filter((place) => place.kind !== PlaceKind.TOWN && isNamed(place, zoom));
  return [
    ...towns.map((place) => placeLabel(place, 600, 14, zoom)),
    ...others.map((place) => placeLabel(place, 500, 11, zoom)),
    ...platesOf(land, warnings),
    ...land.regions.map((region): Label => {
      const sizePx = Math.round(Math.min(19, 13 * zoom ** 0.45));
      return {
        text: region.name,
        xKm: region.xKm,
        yKm: region.yKm,
        font: `italic 500 ${sizePx}px ${SERIF}`,
        sizePx,
        spacingPx: Math.max(1, 2.2 * zoom ** 0.6),
        alpha: 0.95,
        offsets: ABOUT,
      };
    }),
    ...(zoom < 0.8 ? [] : land.peaks.map((peak) => peakLabel(peak, zoom))),
  ];
}

/** Of what stands in a settlement the name is shown from here on. */
const NAMED_WITHIN = 5;
const isShown = ({ within }: Place, zoom: number) => within === "" || zoom >= NAMED_WITHIN;

function isNamed({ kind, within }: Place, zoom: number): boolean {
  if (zoom < 0.7) return false;
  // Houses are their households' business.
  if (within !== "") return zoom >= NAMED_WITHIN && kind !== PlaceKind.HOUSE;
  return zoom >= 1.15 || kind === PlaceKind.VILLAGE || kind === PlaceKind.KEEP;
}

function placeLabel({ name, xKm, yKm }: Place, weight: number, size: number, zoom: number): Label {
  const sizePx = Math.round(size * Math.min(1.3, zoom ** 0.3));
  const font = `${weight} ${sizePx}px ${SERIF}`;
  return { text: name, xKm, yKm, font, sizePx, spacingPx: 0, alpha: 0.95, offsets: AROUND(sizePx - 1) };
}

function peakLabel({ name, elevationM, xKm, yKm }: Peak, zoom: number): Label {
  const sizePx = Math.round(10 * Math.min(1.25, zoom ** 0.3));
  const font = `500 ${sizePx}px ${SERIF}`;
  const text = `${name} ${Math.round(elevationM)}`;
  return { text, xKm, yKm, font, sizePx, spacingPx: 0, alpha: 0.86, offsets: AROUND(sizePx + 1) };
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
