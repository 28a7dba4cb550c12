import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createTurnstile } from "./turnstile.ts";

/** A clock that work moves on. */
function workClock() {
  let nowMs = 0;
  return { clock: { now: () => nowMs } as never, work: (ms: number) => void (nowMs += ms) };
}

describe("a turnstile", () => {
  it("lets all of a crowd in, in order, and others have turns between", async () => {
    const { clock, work } = workClock();
    const turnstile = createTurnstile(clock);
    const came: number[] = [];
    const crowd = Array.from({ length: 100 }, async (_, at) => {
      await turnstile.pass();
      work(1);
      came.push(at);
    });
    const between: number[] = [];
    while (came.length < 100) {
      await nextTurn();
      between.push(came.length);
    }
    await Promise.all(crowd);
    expect(came).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(between.length).toBeGreaterThanOrEqual(20);
    expect(Math.max(...between.map((count, at) => count - (between[at - 1] ?? 0)))).toBeLessThanOrEqual(5);
  });

  it("lets one in who is alone at once, again and again", async () => {
    const { clock } = workClock();
    const turnstile = createTurnstile(clock);
    for (let round = 0; round < 3; round++) {
      const passed = turnstile.pass().then(() => true);
      expect(await Promise.race([passed, nextTurn(false)])).toBe(true);
      await nextTurn();
    }
  });
});
