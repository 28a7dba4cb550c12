import { BUCKETS } from "@orrery/frame-times";
import type { Window } from "@orrery/schema/performance/v1";
import { LANES } from "../budgets/tree.ts";

export const WINDOW_MS = 5_000;
/** Nothing shows more frames a second. */
const FPS_MOST = 2_000;
const CHILDREN_MOST = 32;
const NAME_MOST = 64;

/** What counts for nothing: its player was not playing. */
export const isIdle = ({ loading, menu, unfocused }: Window): boolean => loading || menu || unfocused;

const isTime = (ms: number) => Number.isFinite(ms) && ms >= 0 && ms <= 60_000;

/** Why a window cannot be believed; undefined: it can. One that is idle says nothing, and is not looked at. */
export function wrongWindow(window: Window): string | undefined {
  if (isIdle(window)) return undefined;
  const { frames, histogram, meanMs, p95Ms, p99Ms, lanes, internalScale } = window;
  if (histogram.length !== BUCKETS) return `a histogram of ${histogram.length} buckets, ${BUCKETS} there are`;
  const sum = histogram.reduce((all, count) => all + count, 0);
  if (sum !== frames) return `the histogram counts ${sum} of ${frames} frames`;
  if (frames === 0) return "no frames";
  if (![meanMs, p95Ms, p99Ms].every(isTime)) return "a frame time is no time";
  if (frames > (FPS_MOST * WINDOW_MS) / 1_000 || meanMs < 1_000 / FPS_MOST)
    return `more than ${FPS_MOST} fps`;
  if (p95Ms === 0 || p99Ms < p95Ms) return `p95 ${p95Ms} ms, p99 ${p99Ms} ms`;
  if (!(internalScale >= 0 && internalScale <= 4)) return `internal_scale ${internalScale}`;
  if (new Set(lanes.map(({ lane }) => lane)).size < lanes.length) return "a lane is there twice";
  for (const { lane, meanMs: mean, p95Ms: p95, p99Ms: p99, children } of lanes) {
    if (!LANES.some((one) => one === lane)) return `no lane ${lane}`;
    if (![mean, p95, p99].every(isTime) || p99 < p95) return `lane ${lane}: p95 ${p95} ms, p99 ${p99} ms`;
    if (children.length > CHILDREN_MOST) return `lane ${lane}: ${children.length} children`;
    if (
      children.some(
        ({ name, meanMs: own, p95Ms: of }) => name.length > NAME_MOST || !isTime(own) || !isTime(of),
      )
    )
      return `lane ${lane}: a child's time is no time`;
  }
  if (!lanes.some(({ p95Ms: p95 }) => p95 > 0)) return "no lane was busy";
  return undefined;
}
