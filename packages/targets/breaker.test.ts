import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Breaker, createBreaker, type Ending } from "./breaker.ts";

const BUDGET_MS = 100;
const middle = () => 0.5;
const call = (breaker: Breaker, now: number, ending: Ending, tookMs = 10) => {
  const permit = breaker.admit(now, BUDGET_MS);
  permit?.end(ending, now + tookMs);
  return permit;
};
const fail = (breaker: Breaker, now: number, count = 20) => {
  for (let i = 0; i < count; i++) call(breaker, now, "failed");
};

describe("a breaker that is closed", () => {
  it("opens when half of twenty calls failed, not of nineteen", () => {
    const breaker = createBreaker(middle);
    for (let i = 0; i < 10; i++) call(breaker, 0, "good");
    fail(breaker, 0, 9);
    expect(breaker.state(10)).toBe("closed");
    fail(breaker, 0, 1);
    expect(breaker.state(10)).toBe("open");
  });

  it("opens when four fifths are slow", () => {
    const breaker = createBreaker(middle);
    for (let i = 0; i < 4; i++) call(breaker, 0, "good");
    for (let i = 0; i < 15; i++) call(breaker, 0, "good", 201);
    expect(breaker.state(300)).toBe("closed");
    call(breaker, 0, "good", 201);
    expect(breaker.state(300)).toBe("open");
  });

  it("forgets after ten seconds, and counts nothing that says nothing of its target", () => {
    const breaker = createBreaker(middle);
    fail(breaker, 0, 19);
    fail(breaker, 10_000, 19);
    for (let i = 0; i < 100; i++) call(breaker, 10_000, "ignored");
    expect(breaker.state(10_010)).toBe("closed");
  });

  it("does not open by what is left of a time before a clock was set back", () => {
    const breaker = createBreaker(middle);
    fail(breaker, 100_000, 19);
    fail(breaker, 0, 1);
    expect(breaker.state(10)).toBe("closed");
  });
});

describe("a breaker that is open", () => {
  const opened = () => {
    const breaker = createBreaker(middle);
    fail(breaker, 0);
    return breaker;
  };

  it("lets nobody through, for five seconds, then three at once", () => {
    const breaker = opened();
    expect(breaker.admit(5_009, BUDGET_MS)).toBeUndefined();
    const probes = Array.from({ length: 4 }, () => breaker.admit(5_010, BUDGET_MS));
    expect(probes.map((permit) => permit?.isProbe)).toEqual([true, true, true, undefined]);
  });

  it("closes after five good ones in a row, and opens by a bad one for twice as long, a minute at most", () => {
    const breaker = opened();
    for (let i = 0; i < 5; i++) call(breaker, 5_010, "good");
    expect(breaker.state(5_020)).toBe("closed");
    fail(breaker, 6_000);
    let at = 6_010;
    const rests = [];
    for (let i = 0; i < 6; i++) {
      rests.push(Math.round((breaker.until - at) / 1_000));
      at = breaker.until;
      call(breaker, at, "failed", 1);
      at += 1;
    }
    expect(rests).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it("opens by a probe that is slow, and by one that never ends", () => {
    const slow = opened();
    call(slow, 5_010, "good", 201);
    expect(slow.state(5_300)).toBe("open");
    const hung = opened();
    hung.admit(5_010, BUDGET_MS);
    expect(hung.state(5_210)).toBe("half-open");
    expect(hung.state(5_211)).toBe("open");
  });

  it("does not hear what was begun before it opened", () => {
    const breaker = createBreaker(middle);
    const early = Array.from({ length: 10 }, () => breaker.admit(0, BUDGET_MS));
    fail(breaker, 0);
    for (let i = 0; i < 4; i++) call(breaker, 5_010, "good");
    for (const permit of early) permit?.end("failed", 5_030);
    expect(breaker.state(5_030)).toBe("half-open");
    call(breaker, 5_030, "good");
    expect(breaker.state(5_050)).toBe("closed");
    for (const permit of early) permit?.end("failed", 5_060);
    expect(breaker.state(5_070)).toBe("closed");
  });

  it("gives a probe's place to another when its caller went away", () => {
    const breaker = opened();
    const probes = Array.from({ length: 3 }, () => breaker.admit(5_010, BUDGET_MS));
    probes[0]?.end("ignored", 5_020);
    expect(breaker.admit(5_020, BUDGET_MS)?.isProbe).toBe(true);
  });
});

it("whatever happens: never more than three probes, none while open, each change from where it was", () => {
  const steps = fc.array(
    fc.record({
      waitMs: fc.nat(3_000),
      tookMs: fc.nat(400),
      ending: fc.constantFrom<Ending>("good", "failed", "failed", "ignored"),
      hangs: fc.boolean(),
    }),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (all, luck) => {
      let [now, open] = [0, 0];
      const told: string[] = [];
      const breaker = createBreaker(
        () => Number(luck.next().value),
        (to) => {
          open = 0;
          told.push(to);
        },
      );
      for (const { waitMs, tookMs, ending, hangs } of all) {
        now += waitMs;
        const permit = breaker.admit(now, BUDGET_MS);
        const state = breaker.state(now);
        if (state === "open") expect(permit?.isProbe ?? true).toBe(true);
        if (permit?.isProbe) expect(++open).toBeLessThanOrEqual(3);
        if (hangs || permit === undefined) continue;
        if (permit.isProbe) open -= 1;
        now += tookMs;
        permit.end(ending, now);
      }
      for (const [at, state] of told.entries()) {
        const before = at === 0 ? "closed" : told[at - 1];
        expect(
          { closed: ["open"], open: ["half-open"], "half-open": ["open", "closed"] }[before as string],
        ).toContain(state);
      }
    }),
  );
});
