import { type Camera, toX, toY } from "./camera.ts";
import type { Pen } from "./kept.ts";

/** In pixels of the canvas. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A name and where it may stand. */
export interface Label {
  readonly text: string;
  readonly xKm: number;
  readonly yKm: number;
  readonly font: string;
  readonly sizePx: number;
  readonly spacingPx: number;
  readonly alpha: number;
  /** Where its middle may stand from its point, the best first: whole widths to the side, and pixels down. */
  readonly offsets: readonly (readonly [-1 | 0 | 1, number])[];
  /** Where else it may stand when none of these is free, km: its middle lies there. */
  readonly elsewhere?: readonly { readonly xKm: number; readonly yKm: number }[];
  /** What it takes besides its letters, pixels. */
  readonly padPx?: number;
  /** How it is drawn, if not as letters alone; x and y are its middle. */
  readonly draw?: (pen: Pen, x: number, y: number, width: number) => void;
}

export interface PlacedLabel {
  readonly label: Label;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const MARGIN = 2;
/** From a mark to the text beside it. */
const MARK_PX = 5;

/** What a pen must know of a text: how wide it would be. */
export type Measure = (label: Label) => number;

/**
 * Gives each label the first of its places that is free, the important ones first; one that has none is left out,
 * since two names over each other are none.
 * @param labels by importance
 * @param taken what is there already: marks, panels over the map
 */
export function placeLabels(
  camera: Camera,
  labels: readonly Label[],
  taken: readonly Rect[],
  widthOf: Measure,
): readonly PlacedLabel[] {
  const there = [...taken];
  const placed: PlacedLabel[] = [];
  for (const label of labels) {
    const width = widthOf(label) + (label.padPx ?? 0);
    const half = width / 2 + MARGIN;
    const tall = label.sizePx / 2 + MARGIN;
    for (const [x, y] of spotsOf(label, camera, half)) {
      const rect = { left: x - half, right: x + half, top: y - tall, bottom: y + tall };
      if (!isInside(rect, camera) || there.some((other) => overlap(rect, other))) continue;
      there.push(rect);
      placed.push({ label, x, y, width });
      break;
    }
  }
  return placed;
}

function* spotsOf(label: Label, camera: Camera, half: number): Generator<readonly [x: number, y: number]> {
  for (const [side, dy] of label.offsets)
    yield [toX(camera, label.xKm) + side * (half + MARK_PX), toY(camera, label.yKm) + dy];
  for (const { xKm, yKm } of label.elsewhere ?? []) yield [toX(camera, xKm), toY(camera, yKm)];
}

const isInside = ({ left, right, top, bottom }: Rect, { width, height }: Camera) =>
  left >= 0 && top >= 0 && right <= width && bottom <= height;

const overlap = (a: Rect, b: Rect) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
