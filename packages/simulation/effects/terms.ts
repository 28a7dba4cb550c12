import { OrreryError } from "@orrery/wire";
import { simulationErrors } from "../errors.ts";

/** How an effect goes about it. All of it is real time: the world knows only what was answered. */
export interface EffectTerms {
  /**
   * Until when it is tried again, ms from the intent's `asked_ms` on; at least once it always is. Infinity: until there is
   * an answer.
   */
  readonly deadlineMs: number;
  /** How long one try may take. */
  readonly attemptMs: number;
  /** How many are under way at once, of all worlds together. */
  readonly atOnce: number;
}

const USUAL: EffectTerms = { deadlineMs: 30_000, attemptMs: 10_000, atOnce: 8 };

/** The pause after the first failure; each doubles it, up to the longest. */
const PAUSE_MS = { first: 1_000, longest: 30_000 } as const;

/** @throws WORLD_EFFECT_INVALID */
export function effectTerms(given: Partial<EffectTerms>): EffectTerms {
  const terms = { ...USUAL, ...given };
  const { deadlineMs, attemptMs, atOnce } = terms;
  const refuse = (what: string) => {
    throw new OrreryError(simulationErrors.WORLD_EFFECT_INVALID, { given: what });
  };
  if (!(deadlineMs >= 0)) refuse(`deadlineMs ${deadlineMs}, at least 0`);
  if (!(attemptMs > 0 && Number.isFinite(attemptMs))) refuse(`attemptMs ${attemptMs}, more than 0`);
  if (!(Number.isInteger(atOnce) && atOnce > 0 && atOnce <= 1_000)) refuse(`atOnce ${atOnce}, range 1..1000`);
  return terms;
}

/** @param failures so far, from 1 */
export const pauseMs = (failures: number): number =>
  Math.min(PAUSE_MS.first * 2 ** (failures - 1), PAUSE_MS.longest);
