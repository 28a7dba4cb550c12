import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { after, type Facts, MOST_STEPS, type Plan, plan, type Problem, type Way } from "./plan.ts";

const facts = (given: Readonly<Record<string, number>>): Facts => new Map(Object.entries(given));
const way = (activityId: string, x: number, minutes: number, rest: Partial<Way> = {}): Way => ({
  ...{ activityId, placeId: `place:${activityId}`, spot: [x, 0], minutes, risk: 0 },
  ...{ takes: facts({}), leaves: facts({}) },
  ...rest,
});
const problem = (rest: Partial<Problem>): Problem => ({
  ...{ from: [0, 0], backTo: [0, 0], has: facts({}), wants: facts({}), ways: [], metresAMinute: 80 },
  ...rest,
});
const ids = (found: Plan | undefined) => found?.steps.map(({ activityId }) => activityId);

const inn = way("eat at the inn", 8_000, 45, { leaves: facts({ fed: 1 }) });
const buy = way("buy bread", 8_000, 10, { leaves: facts({ bread: 4 }) });
const eat = way("eat bread", 0, 20, { takes: facts({ bread: 1 }), leaves: facts({ fed: 1 }) });

describe("a plan", () => {
  it("is the cheapest in minutes, the way back counted in", () => {
    const found = plan(problem({ wants: facts({ fed: 1 }), ways: [inn, buy, eat] }));
    expect(ids(found)).toEqual(["buy bread", "eat bread"]);
    expect(found?.cost).toBe(100 + 10 + 100 + 20);
    // Whoever need not be back eats where they are.
    const away = plan(problem({ wants: facts({ fed: 1 }), ways: [inn, buy, eat], backTo: [8_000, 0] }));
    expect(ids(away)).toEqual(["eat at the inn"]);
  });

  it("uses what is there already, and takes a detour around danger that costs more than the detour", () => {
    const has = facts({ bread: 1 });
    expect(ids(plan(problem({ wants: facts({ fed: 1 }), has, ways: [inn, buy, eat] })))).toEqual([
      "eat bread",
    ]);
    const risky = { ...inn, risk: 1, spot: [800, 0] as const };
    const safe = way("eat at the abbey", 2_400, 45, { leaves: facts({ fed: 1 }) });
    expect(ids(plan(problem({ wants: facts({ fed: 1 }), ways: [risky, safe] })))).toEqual([
      "eat at the abbey",
    ]);
  });

  it("has no step where everything is had", () => {
    expect(plan(problem({ has: facts({ fed: 1 }), wants: facts({ fed: 1 }) }))).toEqual({
      steps: [],
      cost: 0,
    });
  });

  it("is none where what gives a thing takes it: tools that need tools", () => {
    const forge = way("forge", 100, 60, {
      takes: facts({ hammer: 1, iron: 1 }),
      leaves: facts({ hammer: 2 }),
    });
    const mine = way("mine", 900, 60, { takes: facts({ pick: 1 }), leaves: facts({ iron: 1, pick: 1 }) });
    const carve = way("carve", 50, 30, { takes: facts({ hammer: 1 }), leaves: facts({ pick: 1 }) });
    const ways = [forge, mine, carve];
    expect(plan(problem({ wants: facts({ hammer: 2 }), ways }))).toBeUndefined();
    // With one hammer it is a matter of steps, the hammer lent and back.
    const lent = { ...carve, leaves: facts({ pick: 1, hammer: 1 }) };
    const found = plan(
      problem({ wants: facts({ hammer: 2 }), has: facts({ hammer: 1 }), ways: [forge, mine, lent] }),
    );
    expect(ids(found)).toEqual(["carve", "mine", "forge"]);
  });

  it("ends where there is no end to what could be done", () => {
    const endless = Array.from({ length: 12 }, (_, i) =>
      way(`pick ${i}`, i * 10, 1, { leaves: facts({ [`f${i}`]: 1 }) }),
    );
    const wants = facts({ constructor: 1, __proto__x: 1 });
    const never = way("never", 5, 1, { takes: facts({ f0: 9 }), leaves: wants });
    const before = performance.now();
    expect(plan(problem({ wants, ways: [...endless, never] }))).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it("is never longer than eight steps", () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, i) =>
        way(`step ${i}`, 0, 1, {
          takes: i === 0 ? facts({}) : facts({ [`f${i - 1}`]: 1 }),
          leaves: facts({ [`f${i}`]: 1 }),
        }),
      );
    expect(ids(plan(problem({ wants: facts({ f7: 1 }), ways: chain(8) })))).toHaveLength(MOST_STEPS);
    expect(plan(problem({ wants: facts({ f8: 1 }), ways: chain(9) }))).toBeUndefined();
  });

  it("can be done step by step, and none is cheaper: as trying everything says", () => {
    const NAMES = ["a", "b", "c"] as const;
    const some = fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: 1, max: 2 }), { maxKeys: 2 });
    const anyWay = fc
      .record({
        x: fc.integer({ min: 0, max: 900 }),
        minutes: fc.integer({ min: 1, max: 90 }),
        takes: some,
        leaves: some,
      })
      .map(({ x, minutes, takes, leaves }) =>
        way(`${x}/${minutes}`, x, minutes, { takes: facts(takes), leaves: facts(leaves) }),
      );
    fc.assert(
      fc.property(fc.array(anyWay, { minLength: 1, maxLength: 4 }), some, some, (ways, has, wants) => {
        const asked = problem({ ways, has: facts(has), wants: facts(wants) });
        const found = plan(asked);
        const least = tryAll(asked, 4);
        if (found === undefined) expect(least).toBe(Number.POSITIVE_INFINITY);
        else expect(costOf(asked, found)).toBeCloseTo(found.cost, 6);
        expect(found?.cost ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(least + 1e-9);
      }),
      { seed: 12, numRuns: 400 },
    );
  });
});

const walk = ({ metresAMinute }: Problem, from: number, to: number) => Math.abs(from - to) / metresAMinute;

/** What a plan costs, done step by step. */
function costOf(asked: Problem, { steps }: Plan): number {
  let [has, at, cost] = [asked.has, asked.from[0], 0];
  for (const step of steps) {
    for (const [name, count] of step.takes) expect(has.get(name) ?? 0).toBeGreaterThanOrEqual(count);
    cost += walk(asked, at, step.spot[0]) + step.minutes;
    [has, at] = [after(has, step), step.spot[0]];
  }
  for (const [name, count] of asked.wants) expect(has.get(name) ?? 0).toBeGreaterThanOrEqual(count);
  return cost + walk(asked, at, asked.backTo[0]);
}

/** The least cost of all orders of at most so many steps. */
function tryAll(asked: Problem, most: number): number {
  const enough = (has: Facts) => [...asked.wants].every(([name, count]) => (has.get(name) ?? 0) >= count);
  const go = (has: Facts, at: number, left: number): number => {
    let least = enough(has) ? walk(asked, at, asked.backTo[0]) : Number.POSITIVE_INFINITY;
    if (left === 0) return least;
    for (const one of asked.ways) {
      if ([...one.takes].some(([name, count]) => (has.get(name) ?? 0) < count)) continue;
      const cost = walk(asked, at, one.spot[0]) + one.minutes;
      least = Math.min(least, cost + go(after(has, one), one.spot[0], left - 1));
    }
    return least;
  };
  return go(asked.has, asked.from[0], most);
}
