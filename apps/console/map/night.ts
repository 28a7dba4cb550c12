import type { Light } from "./relief.ts";

/** The sun this far under the horizon gives no light any more. */
const GONE_DEG = -6;
const DUSK_DEG = 16;

/** How much of the light is the day's: 0 by night, 1 once the sun stands clear of the horizon. */
export function dayUnder(elevationDeg: number): number {
  return Math.min(1, Math.max(0, (elevationDeg - GONE_DEG) / DUSK_DEG));
}

/** By night the land lies under one light that does not move: nothing is painted anew for a sun that nobody sees. */
export function lightUnder(sun: Light): Light {
  return sun.elevationDeg > GONE_DEG ? sun : { elevationDeg: GONE_DEG, azimuthDeg: MOON.azimuthDeg };
}

/** The mapmaker's lamp: from the north-west and high, so that half of every day keeps its shapes. */
export const MOON: Light = { elevationDeg: 42, azimuthDeg: 315 };

/** What the night leaves of the land's own colours: enough to tell wood from field, and cold. */
export const MOONLIT = { red: 0.72, green: 0.8, blue: 1 } as const;
/** Light that comes from everywhere, so that no wood is a hole. */
export const HAZE = { red: 7, green: 11, blue: 20 } as const;

/** Lies over what is on the land, windows excepted: they are the light of the night. */
export const nightVeil = (dark: number) => `rgba(9,12,26,${0.1 * dark})`;
