import type { Colour } from "./ink.ts";

export const COLD_TO_HOT: readonly (readonly [celsius: number, colour: Colour])[] = [
  [-25, [126, 110, 190]],
  [-10, [92, 132, 200]],
  [0, [120, 180, 206]],
  [10, [128, 178, 120]],
  [20, [222, 190, 104]],
  [30, [214, 112, 72]],
  [40, [160, 48, 60]],
];

export function temperatureColour(celsius: number): Colour {
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
export function priceColour(dearness: number): Colour {
  const share = Math.min(1, Math.max(-1, Math.log2(Math.max(0.01, dearness))));
  const [usual, end] = [[120, 112, 96], share > 0 ? [214, 120, 62] : [92, 158, 190]];
  const mix = (i: number) => (usual[i] ?? 0) + ((end[i] ?? 0) - (usual[i] ?? 0)) * Math.abs(share);
  return [mix(0), mix(1), mix(2)];
}
