import { Rung } from "@orrery/schema/orchestration/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Allowance, admit, type Use } from "./ladder.ts";

const HOUR_MS = 3_600_000;
const FREE: Allowance = { perHour: 1, perDay: 5, deepPerDay: 0, weight: 1 };
const PREMIUM: Allowance = { perHour: 10, perDay: 50, deepPerDay: 5, weight: 2 };

/** What is made of so many, each so long after the one before. */
function asked(allowed: Allowance, count: number, everyMs: number): { rungs: Rung[]; uses: Use[] } {
  const uses: Use[] = [];
  for (let at = 0; at < count; at++) {
    const atMs = 1_000 + at * everyMs;
    uses.push({ atMs, rung: admit(allowed, uses, atMs, 0).rung });
  }
  return { rungs: uses.map(({ rung }) => rung), uses };
}

describe("the ladder", () => {
  it("gives a free player who asks each hour five, then foundations, then what is there", () => {
    const { NO_DEEP, FOUNDATION, CACHED } = Rung;
    expect(asked(FREE, 12, HOUR_MS).rungs).toEqual([
      ...Array.from({ length: 5 }, () => NO_DEEP),
      ...Array.from({ length: 5 }, () => FOUNDATION),
      ...[CACHED, CACHED],
    ]);
    expect(asked(FREE, 3, HOUR_MS / 2).rungs).toEqual([NO_DEEP, FOUNDATION, NO_DEEP]);
    expect(asked(FREE, 2, 25 * HOUR_MS).rungs).toEqual([NO_DEEP, NO_DEEP]);
  });

  it("gives premium all of it at once, and says when there is more", () => {
    const { uses } = asked(FREE, 6, HOUR_MS);
    const now = 6 * HOUR_MS;
    expect(admit(PREMIUM, uses, now, 0)).toMatchObject({ rung: Rung.FULL, why: "", moreAtMs: 0 });
    const free = admit(FREE, uses, now, 0);
    expect(free).toMatchObject({ rung: Rung.FOUNDATION, why: "5 of 5 a day are made", usedDay: 5 });
    expect(free.moreAtMs).toBe(1_000 + 24 * HOUR_MS);
    expect(admit(FREE, uses, free.moreAtMs, 0).rung).toBe(Rung.NO_DEEP);
  });

  it("makes less under load, of those with less weight first", () => {
    expect([admit(FREE, [], 0, 3_000).rung, admit(PREMIUM, [], 0, 3_000).rung]).toEqual([
      Rung.FOUNDATION,
      Rung.FULL,
    ]);
    expect(admit(PREMIUM, [], 0, 5_000)).toMatchObject({
      rung: Rung.NO_DEEP,
      why: "much is being made for others",
    });
    expect(admit({ ...FREE, perDay: 0 }, [], 0, 0).rung).toBe(Rung.FOUNDATION);
  });

  it("never makes more than the limits allow in any hour or day, however it is asked", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 2 * HOUR_MS }), { maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.constantFrom(FREE, PREMIUM), (given, allowed) => {
        const uses: Use[] = [];
        let atMs = 1;
        for (const gap of given) uses.push({ atMs: (atMs += gap), rung: admit(allowed, uses, atMs, 0).rung });
        const within = (ms: number, most: Rung) => (end: number) =>
          uses.filter((use) => use.rung <= most && use.atMs > end - ms && use.atMs <= end).length;
        for (const { atMs: end } of uses) {
          expect(within(HOUR_MS, Rung.NO_DEEP)(end)).toBeLessThanOrEqual(allowed.perHour);
          expect(within(24 * HOUR_MS, Rung.NO_DEEP)(end)).toBeLessThanOrEqual(allowed.perDay);
          expect(within(24 * HOUR_MS, Rung.FULL)(end)).toBeLessThanOrEqual(allowed.deepPerDay);
        }
      }),
    );
  });
});
