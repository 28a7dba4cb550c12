import { BUCKETS, bucketOf, quantileOf } from "@orrery/frame-times";
import { Lane, Thermal, type WindowInit } from "@orrery/schema/performance/v1";

export type LaneName = "game" | "render" | "gpu" | "audio";
const LANES: Readonly<Record<LaneName, Lane>> = {
  game: Lane.GAME,
  render: Lane.RENDER,
  gpu: Lane.GPU,
  audio: Lane.AUDIO,
};

/** One frame, ms. */
export interface FrameTimes {
  /** From the frame before to this one. */
  readonly intervalMs: number;
  /** How long each lane was busy; what is not measured is left out. */
  readonly lanes: Partial<Readonly<Record<LaneName, number>>>;
  /** Parts of a lane, as `gpu.lighting`, with the names of the budget tree. */
  readonly children?: Readonly<Record<string, number>>;
}

/** What a window says besides its frames. */
export interface WindowFacts {
  readonly internalScale: number;
  readonly vramMb?: number;
  readonly thermal?: Thermal;
  readonly onBattery?: boolean;
  readonly loading?: boolean;
  readonly menu?: boolean;
  readonly unfocused?: boolean;
}

/** Gathers frames into windows of 5 s. */
export interface FrameRecorder {
  frame(times: FrameTimes): void;
  /** The frames since the last window, as one; begins the next. Undefined: there were none. */
  window(facts: WindowFacts): WindowInit | undefined;
}

/** More than any window has at 2,000 frames a second. */
const FRAMES_MOST = 10_000;

export function createFrameRecorder(): FrameRecorder {
  let intervals: number[] = [];
  let lanes = new Map<string, number[]>();

  function add(name: string, ms: number): void {
    if (!(ms >= 0) || !Number.isFinite(ms)) return;
    const times = lanes.get(name);
    if (times === undefined) lanes.set(name, [ms]);
    else times.push(ms);
  }
  const mean = (times: readonly number[]) => times.reduce((sum, ms) => sum + ms, 0) / times.length;

  function laneOf(name: LaneName) {
    const times = lanes.get(name);
    if (times === undefined) return [];
    const children = [...lanes].flatMap(([child, own]) =>
      child.startsWith(`${name}.`)
        ? [{ name: child.slice(name.length + 1), meanMs: mean(own), p95Ms: quantileOf(own, 0.95) }]
        : [],
    );
    const [p95Ms, p99Ms] = [quantileOf(times, 0.95), quantileOf(times, 0.99)];
    return [{ lane: LANES[name], meanMs: mean(times), p95Ms, p99Ms, children }];
  }

  return {
    frame({ intervalMs, lanes: own, children }) {
      if (!(intervalMs > 0) || intervals.length >= FRAMES_MOST) return;
      intervals.push(intervalMs);
      for (const [name, ms] of Object.entries(own)) add(name, ms);
      for (const [name, ms] of Object.entries(children ?? {})) add(name, ms);
    },
    window(facts) {
      if (intervals.length === 0) return undefined;
      const histogram = new Array<number>(BUCKETS).fill(0);
      for (const ms of intervals) histogram[bucketOf(ms)] = (histogram[bucketOf(ms)] ?? 0) + 1;
      const window: WindowInit = {
        frames: intervals.length,
        histogram,
        meanMs: mean(intervals),
        p95Ms: quantileOf(intervals, 0.95),
        p99Ms: quantileOf(intervals, 0.99),
        lanes: (Object.keys(LANES) as LaneName[]).flatMap(laneOf),
        thermal: Thermal.NOMINAL,
        ...facts,
      };
      intervals = [];
      lanes = new Map();
      return window;
    },
  };
}
