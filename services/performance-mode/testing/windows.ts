import { create } from "@bufbuild/protobuf";
import { BUCKETS, bucketOf } from "@orrery/frame-times";
import { Lane, type Window, type WindowInit, WindowSchema } from "@orrery/schema/performance/v1";

const LANES = { game: Lane.GAME, render: Lane.RENDER, gpu: Lane.GPU };

/** A window of equal frames. @param ms an interval @param lanes how long each was busy; the GPU for all of it if not said */
export function windowOf(
  ms: number,
  lanes: Partial<Record<keyof typeof LANES, number>> = {},
  more: WindowInit = {},
): Window {
  const frames = Math.max(1, Math.round(5_000 / ms));
  const histogram = new Array<number>(BUCKETS).fill(0);
  histogram[bucketOf(ms)] = frames;
  const times = { game: 3, render: 3, gpu: ms, ...lanes };
  return create(WindowSchema, {
    frames,
    histogram,
    meanMs: ms,
    p95Ms: ms,
    p99Ms: ms,
    internalScale: 0.75,
    lanes: Object.entries(times).map(([name, own]) => ({
      lane: LANES[name as keyof typeof LANES],
      meanMs: own,
      p95Ms: own,
      p99Ms: own,
    })),
    ...more,
  });
}
