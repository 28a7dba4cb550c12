import type { Rect } from "./labels.ts";

export type Layer =
  | "weather"
  | "temperature"
  | "wind"
  | "ground"
  | "chart"
  | "roads"
  | "prices"
  | "control"
  | "people"
  | "names";

/** What the reader chose to see. */
export interface Choice {
  layers: ReadonlySet<Layer>;
  selected: string | undefined;
  hovered: string | undefined;
  /** Where the keyboard is. */
  focused: string | undefined;
  /** Where the hand is over the map, pixels. */
  hand: readonly [x: number, y: number] | undefined;
  /** A moment of the past; undefined: now. */
  atGs: number | undefined;
  still: boolean;
  /** What lies over the map, where no name may stand. */
  covered: readonly Rect[];
}
