import { type Land, type Peak, type Place, PlaceKind } from "@orrery/schema/world/v1";
import { type Camera, toX, toY } from "./camera.ts";
import { type Label, type PlacedLabel, placeLabels, type Rect } from "./labels.ts";

type Ctx = CanvasRenderingContext2D;
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

/** Names of regions, places and peaks with their marks; placed anew only when the view has changed. */
export function createNames(
  land: Land,
): (ctx: Ctx, camera: Camera, dark: number, covered: readonly Rect[]) => void {
  let seen = "";
  let under: readonly Rect[] = [];
  let placed: readonly PlacedLabel[] = [];

  return (ctx, camera, dark, covered) => {
    const zoom = camera.scale / 22;
    const view = `${camera.scale} ${camera.x} ${camera.y} ${camera.width} ${camera.height}`;
    if (view !== seen || covered !== under) {
      placed = placeLabels(
        camera,
        labelsOf(land, zoom),
        [...covered, ...marks(land, camera, zoom)],
        (label) => {
          usePen(ctx, label);
          return ctx.measureText(label.text).width;
        },
      );
      [seen, under] = [view, covered];
    }
    const ink = (alpha: number) => `rgba(${244 - 20 * dark},${234 - 18 * dark},${210 - 4 * dark},${alpha})`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.shadowColor = "rgba(8,8,6,.85)";
    ctx.shadowBlur = 5;
    for (const peak of land.peaks) drawPeak(ctx, camera, peak, ink(0.8));
    for (const place of land.places) if (isShown(place, zoom)) drawPlace(ctx, camera, place, ink(0.95));
    for (const { label, x, y } of placed) {
      usePen(ctx, label);
      ctx.fillStyle = ink(label.alpha);
      ctx.fillText(label.text, x, y);
    }
    ctx.letterSpacing = "0px";
    ctx.shadowBlur = 0;
  };
}

function usePen(ctx: Ctx, { font, spacingPx }: Label): void {
  ctx.font = font;
  ctx.letterSpacing = `${spacingPx}px`;
}

function labelsOf(land: Land, zoom: number): readonly Label[] {
  const towns = land.places.filter(({ kind }) => kind === PlaceKind.TOWN);
  const others = land.places.filter((place) => place.kind !== PlaceKind.TOWN && isNamed(place, zoom));
  return [
    ...towns.map((place) => placeLabel(place, 600, 14, zoom)),
    ...others.map((place) => placeLabel(place, 500, 11, zoom)),
    ...land.regions.map((region): Label => {
      const sizePx = Math.round(Math.min(19, 11.5 * zoom ** 0.45));
      return {
        text: region.name,
        xKm: region.xKm,
        yKm: region.yKm,
        font: `italic 500 ${sizePx}px ${SERIF}`,
        sizePx,
        spacingPx: Math.max(1, 2.2 * zoom ** 0.6),
        alpha: 0.74,
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
  return { text, xKm, yKm, font, sizePx, spacingPx: 0, alpha: 0.8, offsets: AROUND(sizePx + 1) };
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

function drawPlace(ctx: Ctx, camera: Camera, { kind, xKm, yKm }: Place, ink: string): void {
  ctx.fillStyle = ink;
  ctx.beginPath();
  ctx.arc(toX(camera, xKm), toY(camera, yKm), MARKS[kind] ?? 1.9, 0, 7);
  ctx.fill();
}

function drawPeak(ctx: Ctx, camera: Camera, { xKm, yKm }: Peak, ink: string): void {
  const [x, y] = [toX(camera, xKm), toY(camera, yKm)];
  ctx.fillStyle = ink;
  ctx.beginPath();
  ctx.moveTo(x, y - 4);
  ctx.lineTo(x + 3.6, y + 2.6);
  ctx.lineTo(x - 3.6, y + 2.6);
  ctx.fill();
}
