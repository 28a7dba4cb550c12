import type { GetMetricsRequest, GetMetricsResponseInit } from "@orrery/schema/performance/v1";
import type { Call } from "@orrery/service";
import { laneMs, LANES } from "../budgets/tree.ts";
import { shipped } from "../data/part.ts";
import { resolve } from "../resolve/resolve.ts";
import type { Session } from "../session/session.ts";
import { situationOf } from "../session/situation-of.ts";
import { keeper } from "../write/keeper.ts";
import { sessionAsked } from "./whom.ts";

const WINDOWS = 12;

/** What a session is held against, and which lane is nearest to it. */
export function standing(session: Session, call: Call) {
  const { ground } = call.part(keeper);
  const situation = situationOf(call.part(shipped).matrix, ground, session.wants, session.kept);
  const resolved = session.kept.told ?? resolve(situation);
  const { targetFps } = resolved.values;
  const tree = ground.trees.get(resolved.mode);
  const summary = session.pulse.ring?.summary(WINDOWS);
  const lanes = LANES.map((lane, at) => ({
    lane,
    p95Ms: summary?.laneP95[at] ?? 0,
    p99Ms: summary?.laneP99[at] ?? 0,
    budgetMs: tree === undefined ? 0 : laneMs(tree, lane, targetFps),
    exceeded: session.pulse.edges?.[at]?.exceeded ?? false,
    worstChild: session.pulse.edges?.[at]?.worst ?? "",
    sinceMs: session.pulse.edges?.[at]?.sinceMs ?? 0,
  }));
  const bound = lanes
    .filter(({ p95Ms }) => p95Ms > 0)
    .toSorted((a, b) => b.p95Ms / b.budgetMs - a.p95Ms / a.budgetMs)[0];
  return { situation, resolved, summary, lanes, bound, targetFps };
}

export function getMetrics(request: GetMetricsRequest, call: Call): GetMetricsResponseInit {
  const session = sessionAsked(call, request);
  const { summary, lanes, bound, targetFps } = standing(session, call);
  const { ring, rejected } = session.pulse;
  return {
    fps: summary?.fps ?? 0,
    onePercentLowFps: summary === undefined || summary.p99 === 0 ? 0 : 1_000 / summary.p99,
    p50Ms: summary?.p50 ?? 0,
    p95Ms: summary?.p95 ?? 0,
    p99Ms: summary?.p99 ?? 0,
    lanes,
    windows: (ring?.seqs() ?? []).map((seq) => {
      const own = ring?.counts(seq) === true ? ring.summary(1, seq) : undefined;
      return {
        seq,
        counts: own !== undefined,
        p50Ms: own?.p50 ?? 0,
        p95Ms: own?.p95 ?? 0,
        laneP95Ms: [...(own?.laneP95 ?? [])],
      };
    }),
    ...(bound && { bound: bound.lane }),
    targetMs: 1_000 / targetFps,
    rejected,
  };
}
