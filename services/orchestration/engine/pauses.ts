import type { RetryTerms, Step } from "./definition.ts";
import { shortDigest } from "./ids.ts";

const STANDARD: RetryTerms = { tries: 3, firstMs: 200, factor: 2, maxMs: 5_000 };
const SPREAD = 0.2;
/** Whoever has to get through tries at most this seldom. */
const PATIENT_MOST_MS = 60_000;
const PARK = { firstMs: 500, mostMs: 15_000 };
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export const retryTerms = (step: Step): RetryTerms => ({ ...STANDARD, ...step.retry });

/** Until when a call may be repeated under its key, from its first try on, ms. */
export const repeatableMs = (keyWindowMs = DAY_MS): number => keyWindowMs - HOUR_MS;

/** How long an undo is tried, ms. */
export const undoForMs = (keyWindowMs?: number): number => Math.min(DAY_MS, repeatableMs(keyWindowMs));

/** The pause after the try, ms: ± 20 %, and the same whenever it is worked out. */
export function pauseMs(terms: Omit<RetryTerms, "tries">, attempt: number, name: string): number {
  const grown = Math.min(terms.firstMs * terms.factor ** Math.min(attempt - 1, 40), terms.maxMs);
  const share = Number.parseInt(
    Buffer.from(shortDigest(name, String(attempt)), "base64url").toString("hex", 0, 4),
    16,
  );
  return Math.round(grown * (1 - SPREAD + (2 * SPREAD * share) / 0xffff_ffff));
}

export const patientPauseMs = (step: Step, attempt: number, name: string): number =>
  pauseMs({ ...retryTerms(step), maxMs: PATIENT_MOST_MS }, attempt, name);

/** Until whoever is away is asked again, ms. */
export const parkMs = (parks: number, askedMs: number): number =>
  askedMs > 0 ? askedMs : Math.min(PARK.firstMs * 2 ** Math.min(parks - 1, 10), PARK.mostMs);
