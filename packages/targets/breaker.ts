import { createWindow } from "./window.ts";

/*
 * A breaker stands between callers and one target, for one class of calls, in one process.
 *
 * CLOSED: every call goes through and is counted. Once at least 20 of ten seconds are counted and half of them failed, or
 * four fifths were slow (more than twice their budget), it opens.
 * OPEN: no call goes through, for 5 seconds; each time that it opens again for twice as long, 60 seconds at most, a fifth more or less,
 * so that callers do not come back together. What ends now was begun before: it counts for nothing.
 * HALF OPEN: three calls at once go through as probes. Five good ones in a row close it; one that fails, is slow, or has not ended
 * when it would be slow, opens it.
 */

export type BreakerState = "closed" | "open" | "half-open";

/**
 * How a call ended. `ignored` says nothing of the target (cancelled, refused for what was asked, over a limit); `gone`: nobody is there,
 * which costs nobody any time, and is over as soon as somebody is: others are asked first for a second.
 */
export type Ending = "good" | "failed" | "gone" | "ignored";

/** A call that was let through. */
export interface Permit {
  readonly isProbe: boolean;
  /** Once. */
  end(ending: Ending, now: number): void;
}

export interface Breaker {
  state(now: number): BreakerState;
  /** Of one that is open: when it lets probes through, ms. */
  readonly until: number;
  /** @param budgetMs what such a call may take @returns undefined: not now */
  admit(now: number, budgetMs: number): Permit | undefined;
}

const LEAST_CALLS = 20;
const FAILED_SHARE = 0.5;
const SLOW_SHARE = 0.8;
const SLOW_TIMES = 2;
const OPEN_MS = 5_000;
const LONGEST_OPEN_MS = 60_000;
const JITTER = 0.2;
const PROBES = 3;
const GOOD_TO_CLOSE = 5;

interface Probe {
  readonly dueMs: number;
}

/** @param random [0, 1) @param changed told of each change of state */
export function createBreaker(
  random: () => number,
  changed: (to: BreakerState, now: number, why: "errors" | "slow" | "good") => void = () => {},
): Breaker {
  const window = createWindow();
  let state: BreakerState = "closed";
  let until = 0;
  let openMs = OPEN_MS;
  let good = 0;
  /** Counts changes: what was admitted before one says nothing after it. */
  let era = 0;
  const probes = new Set<Probe>();

  function become(to: BreakerState, now: number, why: "errors" | "slow" | "good"): void {
    state = to;
    era += 1;
    good = 0;
    probes.clear();
    window.clear();
    changed(to, now, why);
  }

  function open(now: number, why: "errors" | "slow"): void {
    const again = state === "half-open";
    openMs = again ? Math.min(LONGEST_OPEN_MS, 2 * openMs) : OPEN_MS;
    until = now + openMs * (1 - JITTER + 2 * JITTER * random());
    become("open", now, why);
  }

  function look(now: number): void {
    if (state === "open" && now >= until) become("half-open", now, "good");
    if (state === "half-open" && [...probes].some(({ dueMs }) => now > dueMs)) open(now, "slow");
  }

  function trip(now: number): void {
    const { calls, failures, slow } = window.counts(now);
    if (calls < LEAST_CALLS) return;
    if (failures >= FAILED_SHARE * calls) open(now, "errors");
    else if (slow >= SLOW_SHARE * calls) open(now, "slow");
  }

  return {
    get until() {
      return until;
    },
    state(now) {
      look(now);
      return state;
    },
    admit(now, budgetMs) {
      look(now);
      const slowAt = now + SLOW_TIMES * budgetMs;
      const isProbe = state === "half-open";
      if (state === "open" || (isProbe && probes.size >= PROBES)) return undefined;
      const probe: Probe = { dueMs: slowAt };
      if (isProbe) probes.add(probe);
      const own = era;
      let ended = false;
      return {
        isProbe,
        end(ending, at) {
          if (ended) return;
          ended = true;
          look(at);
          if (era !== own) return;
          probes.delete(probe);
          if (ending === "ignored" || ending === "gone") return;
          const [failed, slow] = [ending === "failed", at > slowAt];
          if (!isProbe) {
            window.add(at, failed, slow);
            trip(at);
          } else if (failed || slow) open(at, failed ? "errors" : "slow");
          else if (++good === GOOD_TO_CLOSE) become("closed", at, "good");
        },
      };
    },
  };
}
