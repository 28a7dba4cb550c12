import { BUCKETS } from "@orrery/frame-times";
import { Lane, type ReportFramesRequestInit } from "@orrery/schema/performance/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFastLoop, createFrameRecorder, createFrameReports } from "./mod.ts";

const BOUNDS = { min: 0.5, max: 1, gpuBudgetMs: 10 };

describe("the fast loop", () => {
  it("brings the GPU to its budget where a scale within bounds can, in 10 s, and holds still there", () => {
    fc.assert(
      fc.property(fc.double({ min: 10.5, max: 24, noNaN: true }), (fullMs) => {
        const loop = createFastLoop(BOUNDS);
        // A third of a frame's time does not go with its pixels.
        const costs = () => fullMs * (1 / 3 + (2 / 3) * loop.scale ** 2);
        const least = fullMs * (1 / 3 + (2 / 3) * BOUNDS.min ** 2);
        for (let step = 0; step < 40; step++) loop.step(costs());
        const settled = loop.scale;
        for (let step = 0; step < 40; step++) loop.step(costs());
        expect(Math.abs(loop.scale - settled)).toBeLessThan(0.02);
        if (least < 9) expect(Math.abs(costs() / 9.5 - 1)).toBeLessThan(0.06);
      }),
    );
  });

  it("never leaves its bounds, never steps more than .05, and takes nothing that is no time", () => {
    const times = fc.array(fc.oneof(fc.double({ min: -10, max: 500 }), fc.constant(Number.NaN)), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(times, (all) => {
        const loop = createFastLoop(BOUNDS);
        for (const ms of all) {
          const before = loop.scale;
          const now = loop.step(ms);
          expect(now).toBeGreaterThanOrEqual(BOUNDS.min);
          expect(now).toBeLessThanOrEqual(BOUNDS.max);
          expect(Math.abs(now - before)).toBeLessThanOrEqual(0.05 + 1e-12);
        }
      }),
    );
    const loop = createFastLoop(BOUNDS);
    loop.bounds({ min: 0.4, max: 0.6, gpuBudgetMs: 3 });
    expect(loop.scale).toBe(0.6);
  });
});

describe("a window of frames", () => {
  it("counts each frame once, and has mean, p95 and p99 of lanes and children", () => {
    const recorder = createFrameRecorder();
    for (let at = 1; at <= 100; at++)
      recorder.frame({
        intervalMs: at / 10 + 1,
        lanes: { gpu: at / 10, game: 2 },
        children: { "gpu.lighting": at / 20, "game.ai": 1 },
      });
    recorder.frame({ intervalMs: Number.NaN, lanes: {} });
    const window = recorder.window({ internalScale: 0.8 });
    expect(window).toMatchObject({ frames: 100, internalScale: 0.8, p95Ms: 10.5, p99Ms: 10.9 });
    expect(window?.histogram).toHaveLength(BUCKETS);
    expect(window?.histogram?.reduce((sum, own) => sum + own, 0)).toBe(100);
    const gpu = window?.lanes?.find(({ lane }) => lane === Lane.GPU);
    expect(gpu).toMatchObject({ p95Ms: 9.5, children: [{ name: "lighting", p95Ms: 4.75 }] });
    expect(recorder.window({ internalScale: 0.8 })).toBeUndefined();
  });
});

describe("reports", () => {
  it("bring every window once and in order, whatever fails on the way, and drop only what is too old", async () => {
    const outcomes = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(outcomes, async (oks) => {
        const arrived = new Map<number, number>();
        let at = 0;
        const send = async ({ seq = 0, windows = [] }: ReportFramesRequestInit) => {
          expect(windows.length).toBeLessThanOrEqual(12);
          if (!oks[at]) throw new Error("the line is cut");
          windows.forEach(({ frames = 0 }, nth) => {
            expect(arrived.has(seq + nth)).toBe(false);
            arrived.set(seq + nth, frames);
          });
        };
        const reports = createFrameReports(send, () => ({ sessionId: "s", deviceId: "d" }));
        for (at = 0; at < oks.length; at++) await reports.add({ frames: at + 1 });
        for (const [seq, frames] of arrived) expect(frames).toBe(seq);
        const lastOk = oks.lastIndexOf(true);
        if (lastOk >= 0) expect(arrived.has(lastOk + 1)).toBe(true);
        expect(reports.waiting).toBe(Math.min(12, oks.length - 1 - lastOk));
      }),
    );
  });
});
