/** Red, green, blue: 0..255. */
export type Colour = readonly [number, number, number];

/** What stands under each letter, so that a name can be read over snow as over a wood. */
export const HALO = { colour: [14, 13, 11] as Colour, alpha: 0.82, widthPx: 3 } as const;

/** What names are written in: warm by day, a little less of it by night. */
export const inkBy = (dark: number): Colour => [244 - 12 * dark, 234 - 10 * dark, 210 - 2 * dark];

export const css = ([r, g, b]: Colour, alpha: number) =>
  `rgba(${Math.round(r)},${Math.round(g)},${Math.round(b)},${alpha})`;

/** What a colour becomes with another one over it. */
export function over(under: Colour, colour: Colour, alpha: number): Colour {
  const mix = (at: 0 | 1 | 2) => under[at] * (1 - alpha) + colour[at] * alpha;
  return [mix(0), mix(1), mix(2)];
}
