import { type Land, type Peak, type Place, PlaceKind } from "@orrery/schema/world/v1";
import type { Warning } from "../data/warnings.ts";
import { plateOf } from "./draw-warnings.ts";
import type { Label } from "./labels.ts";

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

/** The worst first. */
export function platesOf({ regions }: Land, warnings: ReadonlyMap<string, Warning>): readonly Label[] {
  return regions
    .flatMap((region) => {
      const warning = warnings.get(region.id);
      return warning === undefined ? [] : [{ region, warning }];
    })
    .sort((one, other) => other.warning.level - one.warning.level)
    .map(({ region, warning }) => plateOf(region, warning));
}

/** What is written on the map, by importance. */
export function labelsOf(land: Land, zoom: number, warnings: ReadonlyMap<string, Warning>): readonly Label[] {
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
export const isShown = ({ within }: Place, zoom: number) => within === "" || zoom >= NAMED_WITHIN;

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
