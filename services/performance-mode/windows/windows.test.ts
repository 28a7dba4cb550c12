import { create } from "@bufbuild/protobuf";
import { BudgetState, Lane, Mode, type WindowInit, WindowSchema } from "@orrery/schema/performance/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newPulse, takeWindows } from "../session/pulse.ts";
import { SHIPPED } from "../testing/shipped.ts";
import { situationFor } from "../testing/simulate.ts";
import { windowOf } from "../testing/windows.ts";
import { NO_STRAIN } from "../resolve/situation.ts";
import { wrongWindow } from "./check.ts";
import { newEdge, passes } from "./edges.ts";
import { HELD, Ring } from "./ring.ts";

const situation = situationFor(SHIPPED);
const tree = SHIPPED.trees.get(Mode.IMMERSIVE)!;
const against = (nowMs: number) => ({
  nowMs,
  hostMs: nowMs,
  tree,
  targetFps: 90,
  situation: () => situation,
  learned: () => undefined,
});

describe("windows", () => {
  it("that cannot be believed are dropped, each with why; those of a menu are not looked at", () => {
    const bad: [WindowInit, RegExp][] = [
      [{ histogram: [1, 2, 3] }, /3 buckets/],
      [{ frames: 7 }, /of 7 frames/],
      [{ meanMs: -1 }, /no time/],
      [{ p95Ms: Number.NaN }, /no time/],
      [{ p99Ms: Number.POSITIVE_INFINITY }, /no time/],
      [{ p95Ms: 0, p99Ms: 0 }, /p95 0/],
      [{ p99Ms: 1 }, /p99 1/],
      [{ meanMs: 0.2 }, /2000 fps/],
      [{ lanes: [] }, /no lane was busy/],
      [{ lanes: [{ lane: Lane.GPU, p95Ms: -3 }] }, /lane 3/],
      [{ lanes: [{ lane: 9 as Lane, p95Ms: 3, p99Ms: 3 }] }, /no lane 9/],
      [{ lanes: [windowOf(9).lanes[0]!, windowOf(9).lanes[0]!] }, /twice/],
      [{ internalScale: -1 }, /internal_scale/],
    ];
    for (const [more, why] of bad) expect(wrongWindow(windowOf(9, {}, more)), String(why)).toMatch(why);
    expect(wrongWindow(windowOf(9))).toBeUndefined();
    expect(wrongWindow(create(WindowSchema, { menu: true }))).toBeUndefined();
  });

  it("give the same state in any order, however often they come", () => {
    const times = fc.array(fc.integer({ min: 40, max: 400 }), { minLength: 4, maxLength: HELD });
    fc.assert(
      fc.property(
        times.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray(
              all.map((_, at) => at),
              { minLength: all.length },
            ),
          ),
        ),
        ([all, order]) => {
          const [sorted, shuffled] = [new Ring(), new Ring()];
          all.forEach((tenths, at) => sorted.put(at + 1, windowOf(tenths / 10)));
          for (const at of [...order, ...order.slice(0, 2)])
            if (shuffled.isNew(at + 1)) shuffled.put(at + 1, windowOf(all[at]! / 10));
          expect(shuffled.summary(HELD)).toEqual(sorted.summary(HELD));
          expect(shuffled.seqs()).toEqual(sorted.seqs());
        },
      ),
    );
  });

  it("that come a little out of order, twice or late lead to the same decisions", () => {
    const swaps = fc.array(fc.boolean(), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(swaps, (swap) => {
        const ms = Array.from({ length: 60 }, (_, at) => (at < 30 ? 9 : 15));
        const order = ms.map((_, at) => at + 1);
        swap.forEach((isSwapped, nth) => {
          if (isSwapped) [order[2 * nth], order[2 * nth + 1]] = [order[2 * nth + 1]!, order[2 * nth]!];
        });
        const run = (numbers: readonly number[]) => {
          const pulse = newPulse(NO_STRAIN);
          const decided = numbers.flatMap((number, at) => {
            // By the clock of the pair: swapped ones are both there at its end.
            const nowMs = (Math.floor(at / 2) + 1) * 10_000;
            const { outcomes, edges } = takeWindows(
              pulse,
              number,
              [windowOf(ms[number - 1]!)],
              against(nowMs),
            );
            takeWindows(pulse, number, [windowOf(ms[number - 1]!)], against(nowMs));
            if (number > 30) takeWindows(pulse, 1, [windowOf(200)], against(nowMs));
            return [...outcomes.flatMap(({ move }) => move?.knob ?? []), ...edges.map(({ state }) => state)];
          });
          return {
            decided,
            slow: { ...pulse.slow, step: pulse.slow.step?.knob },
            held: pulse.ring!.summary(HELD),
          };
        };
        const ordered = run(ms.map((_, at) => at + 1));
        expect(run(order)).toEqual(ordered);
        expect(ordered.decided.length).toBeGreaterThan(1);
      }),
      { numRuns: 20 },
    );
  });

  it("that are missing for good hold nothing up, and the largest numbers are numbers", () => {
    const pulse = newPulse(NO_STRAIN);
    const take = (seq: number) => takeWindows(pulse, seq, [windowOf(9)], against(seq * 5_000));
    for (const seq of [1, 2, 4, 5, 6, 7]) take(seq);
    expect(pulse.next).toBe(8);
    take(4_294_967_280);
    take(4_294_967_281);
    take(4_294_967_282);
    expect(pulse.next).toBe(4_294_967_283);
    expect(pulse.waiting).toBeUndefined();
    expect(take(7).accepted).toBe(0);
  });

  it("read back close to what they were", () => {
    fc.assert(
      fc.property(fc.double({ min: 2, max: 100, noNaN: true }), (ms) => {
        const ring = new Ring();
        for (let seq = 1; seq <= 6; seq++) ring.put(seq, windowOf(ms, { gpu: ms / 2 }));
        const { p95, p99, laneP95 } = ring.summary(6);
        for (const read of [p95, p99, 2 * laneP95[2]!]) expect(Math.abs(read / ms - 1)).toBeLessThan(0.01);
      }),
    );
  });
});

describe("a lane", () => {
  it("is exceeded and recovers in turns, at most one pair in 10 s, whatever comes", () => {
    const loads = fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { maxLength: 200 });
    fc.assert(
      fc.property(loads, (all) => {
        const edge = newEdge();
        const told = all.flatMap((p95Ms, at) => {
          const found = passes(edge, Lane.GPU, { p95Ms, budgetMs: 10, worst: "", nowMs: at * 5_000 });
          return found === undefined ? [] : [{ at, state: found.state, p95Ms }];
        });
        told.forEach(({ at, state, p95Ms }, nth) => {
          expect(state).toBe(nth % 2 === 0 ? BudgetState.EXCEEDED : BudgetState.RECOVERED);
          if (state === BudgetState.EXCEEDED) expect(p95Ms).toBeGreaterThan(12.5);
          else expect(Math.max(p95Ms, all[at - 1]!)).toBeLessThan(10);
          const before = told[nth - 2];
          if (before !== undefined) expect(at - before.at).toBeGreaterThanOrEqual(2);
        });
      }),
    );
  });
});
