import fc from "fast-check";
import { expect, it } from "vitest";
import { createRetryBudget } from "./retry-budget.ts";

const spentOf = (budget: ReturnType<typeof createRetryBudget>, now: number, most = 1_000) => {
  let spent = 0;
  while (spent < most && budget.spend(now)) spent += 1;
  return spent;
};

it("gives three a second and a tenth of what is called, for ten seconds", () => {
  const budget = createRetryBudget();
  for (let i = 0; i < 1_000; i++) budget.earn(0);
  expect(spentOf(budget, 0)).toBe(130);
  expect(spentOf(budget, 9_000)).toBe(0);
  // What was spent, like what was earned, is forgotten by then.
  expect(spentOf(budget, 10_000)).toBe(30);
});

it("never gives more than a tenth of the calls and three a second over any ten seconds", () => {
  const steps = fc.array(fc.record({ waitMs: fc.nat(2_000), calls: fc.nat(50), tries: fc.nat(100) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const budget = createRetryBudget();
      const calls: number[] = [];
      const spent: number[] = [];
      let now = 0;
      for (const step of all) {
        now += step.waitMs;
        for (let i = 0; i < step.calls; i++) {
          budget.earn(now);
          calls.push(now);
        }
        for (let i = 0; i < step.tries; i++) if (budget.spend(now)) spent.push(now);
      }
      const within = (times: readonly number[], from: number) =>
        times.filter((at) => at >= from && at < from + 9_000).length;
      for (const from of spent) {
        const earned = calls.filter((at) => at > from - 10_000 && at < from + 9_000).length;
        expect(within(spent, from)).toBeLessThanOrEqual(0.1 * earned + 60);
      }
    }),
  );
});
