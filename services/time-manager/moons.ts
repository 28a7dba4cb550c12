import type { Moon } from "@orrery/schema/world/v1";
import { MINUTE_GS } from "./calendar.ts";
import { MoonPhase } from "@orrery/schema/time/v1";

const EIGHTHS = 8;

/** Place in the cycle, 0..1 from new moon. */
export function moonTurn(moon: Moon, atGs: number): number {
  const turn = (atGs + moon.offsetS) / moon.cycleS;
  return turn - Math.floor(turn);
}

/** Lit share of the disc, 0..1. */
export function moonIllumination(moon: Moon, atGs: number): number {
  return (1 - Math.cos(2 * Math.PI * moonTurn(moon, atGs))) / 2;
}

/** Number of eighths since the cycle that holds the epoch; each is centred on its instant. */
function eighth(moon: Moon, atGs: number): number {
  return Math.floor(((atGs + moon.offsetS) / moon.cycleS) * EIGHTHS + 0.5);
}

/** The first whole minute of an eighth, game seconds. */
function startOf(moon: Moon, count: number): number {
  return Math.ceil((((count - 0.5) / EIGHTHS) * moon.cycleS - moon.offsetS) / MINUTE_GS) * MINUTE_GS;
}

export interface MoonSpan {
  readonly phase: MoonPhase;
  readonly startGs: number;
  readonly endGs: number;
}

export function moonSpan(moon: Moon, atGs: number): MoonSpan {
  let count = eighth(moon, atGs);
  while (startOf(moon, count) > atGs) count -= 1;
  while (startOf(moon, count + 1) <= atGs) count += 1;
  const phase = (((count % EIGHTHS) + EIGHTHS) % EIGHTHS) + MoonPhase.NEW;
  return { phase: phase as MoonPhase, startGs: startOf(moon, count), endGs: startOf(moon, count + 1) };
}
