import { describe, expect, it } from "vitest";
import { dangersOf } from "./lifespan.ts";

const usual = { lifespan: 72, doublesIn: 8, illness: 0.004 };
const YEAR = 360;
/** Shares of those who are so old that die of age, and live to each age after. */
function livesFrom(from: number, mortality = usual) {
  const alive: number[] = [];
  let [left, ofAge] = [1, 0];
  for (let years = from; years < 300; years++) {
    alive[years] = left;
    for (let day = 0; day < YEAR; day++) {
      const { illness, age } = dangersOf(mortality, years + day / YEAR, YEAR);
      ofAge += left * age;
      left *= 1 - illness - age;
    }
  }
  return { alive, ofAge, expected: alive.reduce((sum, share) => sum + share, 0) };
}

describe("how long people live", () => {
  it("is as it was before medicine, in peace: from twenty on another forty years and more, and few reach ninety", () => {
    const { expected, alive } = livesFrom(20);
    expect(expected).toBeGreaterThan(40);
    expect(expected).toBeLessThan(50);
    expect(alive[60]).toBeGreaterThan(0.6);
    expect(alive[90]).toBeLessThan(0.05);
  });

  it("has most of the old die around the age that is called their lifespan", () => {
    const { alive } = livesFrom(20);
    const deaths = alive.map((share, age) => share - (alive[age + 1] ?? 0));
    const most = deaths.indexOf(Math.max(...deaths.slice(40).filter(Number.isFinite)));
    expect(Math.abs(most - usual.lifespan)).toBeLessThanOrEqual(3);
  });

  it("has the danger of age double every so many years, and that of illness the same at any age", () => {
    const [young, older] = [40, 48].map((age) => dangersOf(usual, age, YEAR));
    expect(older!.age / young!.age).toBeCloseTo(2, 3);
    expect(older!.illness).toBe(young!.illness);
    expect(1 - (1 - young!.illness) ** YEAR).toBeCloseTo(0.004, 4);
  });

  it("stays a chance, however old somebody is", () => {
    for (const age of [0, 300, 10_000]) {
      const dangers = dangersOf(usual, age, YEAR);
      expect(dangers.age).toBeGreaterThan(0);
      expect(dangers.age).toBeLessThanOrEqual(1);
    }
  });
});
