import type { Played } from "./canary.ts";

const SESSIONS_LEAST = 50;
const RATIO_MOST = 1.5;

export type Verdict = { readonly go: "on" | "back"; readonly reason: string } | { readonly go: "wait" };

/**
 * Whether a canary has shown enough: 50 sessions that have ended, and faults at no more than one and a half times the rate of
 * the old version over the same hours. Where nobody plays the old one its rate is not known: only a canary without any
 * fault goes on then, else somebody has to say.
 */
export function judge(now: Played, old: Played): Verdict {
  if (now.ended < SESSIONS_LEAST) return { go: "wait" };
  const rate = now.faults / now.ended;
  const words = `${now.faults} of ${now.ended} sessions ended by a fault, of the old version ${old.faults} of ${old.ended}`;
  if (now.faults === 0) return { go: "on", reason: words };
  if (old.ended === 0) return { go: "wait" };
  const oldRate = old.faults / old.ended;
  if (rate <= RATIO_MOST * oldRate) return { go: "on", reason: `${words}: ${ratioOf(rate, oldRate)}` };
  return { go: "back", reason: `${words}: ${ratioOf(rate, oldRate)}, at most ${RATIO_MOST} is allowed` };
}

const ratioOf = (rate: number, oldRate: number): string =>
  oldRate === 0 ? "a ratio beyond any" : `a ratio of ${(rate / oldRate).toFixed(2)}`;
