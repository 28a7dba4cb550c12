import { BudgetState, type Lane } from "@orrery/schema/performance/v1";

const OVER = 1.25;
const UNDER_WINDOWS = 2;
/** So long after a lane was exceeded, ms of play, it is not exceeded again. */
const APART_WINDOWS = 2;

/** Whether one lane is over its budget, and since when. */
export interface LaneEdge {
  exceeded: boolean;
  /** Unix ms. */
  sinceMs: number;
  under: number;
  /** Windows that counted since it was exceeded last. */
  since: number;
  worst: string;
}

export const newEdge = (): LaneEdge => ({
  exceeded: false,
  sinceMs: 0,
  under: 0,
  since: APART_WINDOWS,
  worst: "",
});

export interface Edge {
  readonly lane: Lane;
  readonly state: BudgetState;
  readonly p95Ms: number;
  readonly budgetMs: number;
  readonly worstChild: string;
  readonly sinceMs: number;
}

/** Takes one window of a lane in, in order. @returns what is to be told; undefined: it is as it was */
export function passes(
  edge: LaneEdge,
  lane: Lane,
  given: {
    readonly p95Ms: number;
    readonly budgetMs: number;
    readonly worst: string;
    readonly nowMs: number;
  },
): Edge | undefined {
  const { p95Ms, budgetMs, worst, nowMs } = given;
  edge.since += 1;
  edge.under = p95Ms < budgetMs ? edge.under + 1 : 0;
  edge.worst = worst;
  const tell = (state: BudgetState): Edge => ({
    lane,
    state,
    p95Ms,
    budgetMs,
    worstChild: worst,
    sinceMs: edge.sinceMs,
  });
  if (!edge.exceeded && p95Ms > OVER * budgetMs && edge.since > APART_WINDOWS) {
    edge.exceeded = true;
    edge.since = 0;
    edge.sinceMs = nowMs;
    return tell(BudgetState.EXCEEDED);
  }
  if (edge.exceeded && edge.under >= UNDER_WINDOWS) {
    edge.exceeded = false;
    edge.sinceMs = nowMs;
    return tell(BudgetState.RECOVERED);
  }
  return undefined;
}
