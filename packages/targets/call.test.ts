import { beforeEach, describe, expect, it } from "vitest";
import { callOne, type CallTerms, type Surroundings, type Verdict } from "./call.ts";
import { createPool, type Pool } from "./pool.ts";
import { createRetryBudget, type RetryBudget } from "./retry-budget.ts";
import type { TargetFacts } from "./target.ts";

const IDS = ["a", "b", "c", "d"];
let pool: Pool<TargetFacts>;
let budget: RetryBudget;
let now: number;
let asked: [string, number][];
const around: Surroundings = {
  now: () => now,
  async sleep(ms) {
    now += ms;
  },
  random: () => 0.5,
};
beforeEach(() => {
  [now, asked] = [20_000.25, []];
  pool = createPool(() => 0.3);
  budget = createRetryBudget();
  pool.set(
    IDS.map((id) => ({ id, weight: 1, zone: "" })),
    0,
  );
});

const failed: Verdict = { ending: "failed", retryable: true };
const call = (
  answers: readonly (Verdict | "well")[],
  over: Partial<CallTerms> = {},
  tookMs = 10,
): Promise<string> => {
  const left = [...answers];
  const terms = { callClass: "read", budgetMs: 100, deadlineMs: 2_000, repeatable: true, ...over };
  return callOne(
    pool,
    budget,
    around,
    terms,
    async ({ id }, timeoutMs) => {
      asked.push([id, timeoutMs]);
      now += tookMs;
      const next = left.shift() ?? "well";
      if (next === "well") return `answer of ${id}`;
      throw Object.assign(new Error(`failure ${answers.length - left.length}`), { verdict: next });
    },
    (error) => (error as { verdict: Verdict }).verdict,
  );
};

it("is made once where it goes well, and leaves a hop's time less", async () => {
  expect(await call([])).toMatch(/^answer of/);
  // In whole milliseconds: headers carry no others.
  expect(asked).toEqual([[expect.any(String), 1_995]]);
});

describe("a call that fails", () => {
  it("is asked of others, twice at most, with less time each", async () => {
    await expect(call([failed, failed, failed])).rejects.toThrow("failure 3");
    expect(new Set(asked.map(([id]) => id)).size).toBe(3);
    expect(asked[1]?.[1]).toBeLessThan(asked[0]?.[1] ?? 0);
    for (const [, timeoutMs] of asked) expect(Number.isInteger(timeoutMs)).toBe(true);
    expect(await call([failed])).toMatch(/^answer/);
  });

  it("is not made twice when that could do harm, or would be refused again", async () => {
    await expect(call([failed], { repeatable: false })).rejects.toThrow("failure 1");
    await expect(call([{ ending: "ignored", retryable: false }])).rejects.toThrow("failure 1");
    expect(asked).toHaveLength(2);
  });

  it("is asked elsewhere without a repeat where nothing was begun, also when it may not be repeated", async () => {
    const elsewhere: Verdict = { ending: "ignored", retryable: true, untouched: true };
    expect(await call([elsewhere, elsewhere, elsewhere], { repeatable: false })).toMatch(/^answer/);
    expect(budget.left(now)).toBeGreaterThanOrEqual(30);
    await expect(call([elsewhere, elsewhere, elsewhere, elsewhere])).rejects.toThrow("failure 4");
  });

  it("is not repeated beyond the budget, which is spent before the pause", async () => {
    for (let calls = 0; budget.left(now) >= 1 && calls < 100; calls++)
      await call([failed, failed, failed]).catch(() => {});
    asked = [];
    await expect(call([failed])).rejects.toThrow("failure 1");
    expect(asked).toHaveLength(1);
  });

  it("waits as long as it was told to, and not beyond its deadline", async () => {
    const began = now;
    await call([{ ...failed, retryAfterMs: 700 }]);
    expect(now - began).toBeGreaterThanOrEqual(700);
    await expect(call([{ ...failed, retryAfterMs: 5_000 }])).rejects.toThrow("failure 1");
    await expect(call([failed, failed], { deadlineMs: 140 })).rejects.toThrow("failure 1");
  });

  it("counts for nothing when its caller has gone", async () => {
    const gone = new AbortController();
    gone.abort();
    await expect(call([failed], { signal: gone.signal })).rejects.toThrow("failure 1");
    expect(pool.targets().every(({ inARow }) => inARow === 0)).toBe(true);
  });
});

it("that may have done something is not said to have found no place", async () => {
  const terms = { callClass: "read", budgetMs: 100, deadlineMs: 2_000, repeatable: true };
  const failing = callOne(
    pool,
    budget,
    around,
    terms,
    async () => {
      // Everybody is full by the time it asks again.
      for (const holder of IDS) for (let i = 0; i < 20; i++) fill(holder);
      throw new Error("cut off");
    },
    () => failed,
  );
  await expect(failing).rejects.toThrow("cut off");
});
const fill = (holder: string) => {
  try {
    pool.take(now, { callClass: "read", budgetMs: 100, holder });
  } catch {
    // It is full.
  }
};

it("waits for a place where all are full, a second at most", async () => {
  const leases = Array.from({ length: 80 }, () => pool.take(now, { callClass: "read", budgetMs: 100 }));
  const began = now;
  await expect(call([])).rejects.toThrow(/ROUTER_NO_TARGET/);
  expect(now - began).toBeGreaterThan(900);
  expect(now - began).toBeLessThanOrEqual(1_000);
  leases[0]?.end("good", now);
  expect(await call([])).toMatch(/^answer/);
});

it("that comes with no time left is not begun", async () => {
  await expect(call([], { deadlineMs: 4 })).rejects.toThrow(/ROUTER_DEADLINE/);
  expect(asked).toEqual([]);
  expect(pool.targets().every(({ inFlight }) => inFlight === 0)).toBe(true);
});
