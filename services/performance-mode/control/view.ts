import { type BudgetTree, Lane } from "@orrery/schema/performance/v1";
import { laneMs, LANES } from "../budgets/tree.ts";
import { WINDOW_MS } from "../windows/check.ts";
import type { Ring, Summary } from "../windows/ring.ts";

/** What the slow loop looks at. */
export interface View {
  /** A clock that runs evenly, ms. */
  readonly nowMs: number;
  readonly windowMs: number;
  readonly targetMs: number;
  /** Of the last 30 s, or since the last change. */
  readonly down: Summary;
  /** Of the last 60 s. */
  readonly up: Summary;
  /** Of a side of the picture as it is drawn, where the client's own loop has brought it. */
  readonly scale: number;
  budgetMs(lane: Lane): number;
  /** ms for each unit of visible loss; undefined: nothing was learned of that knob on such devices. */
  learned(knob: string): number | undefined;
}

const DOWN_WINDOWS = 6;
const UP_WINDOWS = 12;

export function viewOf(given: {
  readonly ring: Ring;
  readonly upTo: number;
  /** Windows that counted since the last change. */
  readonly since: number;
  readonly nowMs: number;
  readonly tree: BudgetTree;
  readonly targetFps: number;
  readonly scale: number;
  readonly learned: (knob: string) => number | undefined;
}): View {
  const { ring, upTo, since, nowMs, tree, targetFps, scale, learned } = given;
  return {
    nowMs,
    windowMs: WINDOW_MS,
    scale,
    targetMs: 1_000 / targetFps,
    down: ring.summary(Math.max(2, Math.min(DOWN_WINDOWS, since)), upTo),
    up: ring.summary(Math.max(2, Math.min(UP_WINDOWS, since)), upTo),
    budgetMs: (lane) => laneMs(tree, lane, targetFps),
    learned,
  };
}

/** The lane that is furthest over its budget, or nearest to it. */
export function boundBy(view: View): { readonly lane: Lane; readonly p95: number; readonly ratio: number } {
  let bound = { lane: Lane.GPU as Lane, p95: 0, ratio: 0 };
  for (const lane of LANES) {
    const p95 = view.down.laneP95[lane - 1] ?? 0;
    const ratio = p95 / view.budgetMs(lane);
    if (ratio > bound.ratio) bound = { lane, p95, ratio };
  }
  return bound;
}
