import { describe, expect, it } from "vitest";
import type { HealthChange } from "./health.ts";
import { createPool, type Pool } from "./pool.ts";
import type { TargetFacts } from "./target.ts";

const TERMS = { callClass: "read", budgetMs: 100 };
const facts = (id: string, over: Partial<TargetFacts> = {}): TargetFacts => ({
  id,
  weight: 1,
  zone: "",
  ...over,
});
/** Draws that are the same each time. */
function luck(seed = 1) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
interface Now {
  ms: number;
}
/** So many calls a second for so long, each as slow and as good as its target is. @returns how many each got */
function drive(
  pool: Pool<TargetFacts>,
  now: Now,
  seconds: number,
  how: (id: string) => { readonly tookMs: number; readonly fails?: boolean },
  aSecond = 200,
) {
  const got = new Map<string, number>();
  const running: { readonly at: number; readonly end: () => void }[] = [];
  const settle = (until: number) => {
    running.sort((one, other) => one.at - other.at);
    while (running[0] !== undefined && running[0].at <= until) running.shift()?.end();
  };
  let refused = 0;
  for (let i = 0; i < seconds * aSecond; i++) {
    now.ms += 1_000 / aSecond;
    settle(now.ms);
    try {
      const lease = pool.take(now.ms, TERMS);
      const { tookMs, fails = false } = how(lease.target.id);
      const at = now.ms + tookMs;
      running.push({ at, end: () => lease.end(fails ? "failed" : "good", at) });
      got.set(lease.target.id, (got.get(lease.target.id) ?? 0) + 1);
    } catch {
      refused += 1;
    }
  }
  settle(Number.POSITIVE_INFINITY);
  return { got, refused, share: (id: string) => (got.get(id) ?? 0) / (seconds * aSecond) };
}
function poolOf(ids: readonly string[]) {
  const told: HealthChange[] = [];
  const pool = createPool<TargetFacts>(luck(), (change) => told.push(change));
  pool.set(
    ids.map((id) => facts(id)),
    -20_000,
  );
  return { pool, told, now: { ms: 0 } };
}

describe("a pool of equals", () => {
  it("shares calls out evenly", () => {
    const { pool, now } = poolOf(["a", "b", "c"]);
    const { share } = drive(pool, now, 10, () => ({ tookMs: 10 }));
    for (const id of ["a", "b", "c"]) expect(share(id)).toBeCloseTo(1 / 3, 1);
  });

  it("gives one that turns ten times slower less than a tenth within two seconds, and its share back once it is well", () => {
    const { pool, now } = poolOf(["a", "b", "c"]);
    drive(pool, now, 5, () => ({ tookMs: 20 }));
    const turned = (id: string) => ({ tookMs: id === "a" ? 200 : 20 });
    drive(pool, now, 2, turned);
    expect(drive(pool, now, 5, turned).share("a")).toBeLessThan(0.1);
    drive(pool, now, 45, () => ({ tookMs: 20 }));
    expect(drive(pool, now, 5, () => ({ tookMs: 20 })).share("a")).toBeGreaterThan(0.25);
  });

  it("leaves one alone that takes far longer than its peers, but for a try now and then", () => {
    const { pool, now } = poolOf(["a", "b", "c"]);
    drive(pool, now, 5, () => ({ tookMs: 20 }));
    const turned = (id: string) => ({ tookMs: id === "a" ? 200 : 20 });
    drive(pool, now, 2, turned);
    const { share } = drive(pool, now, 60, turned);
    expect(share("a")).toBeLessThan(0.01);
    expect(share("a")).toBeGreaterThan(0);
  });

  it("lets one rest that fails five times in a row, longer each time, and tells it on the edges", () => {
    const { pool, told, now } = poolOf(["a", "b", "c"]);
    const failing = (id: string) => ({ tookMs: 10, fails: id === "a" });
    const { got } = drive(pool, now, 10, failing);
    expect(got.get("a")).toBeLessThan(40);
    expect(
      told.filter(({ targetId }) => targetId === "a").map(({ to, reason }) => [to, reason]),
    ).toContainEqual(["ejected", "outlier"]);
    for (const [at, { from, to }] of told.filter(({ targetId }) => targetId === "a").entries()) {
      expect(from).not.toBe(to);
      if (at > 0) expect(from).toBe(told.filter(({ targetId }) => targetId === "a")[at - 1]?.to);
    }
    const [first] = told.filter(({ to }) => to === "ejected");
    drive(pool, now, 40, failing);
    const last = told.filter(({ to }) => to === "ejected").at(-1);
    expect((last?.untilMs ?? 0) - (first?.untilMs ?? 0)).toBeGreaterThan(50_000);
  });

  it("never lets more than half rest, however many fail", () => {
    for (const count of [1, 2, 3, 4, 5, 8]) {
      const { pool, now } = poolOf(Array.from({ length: count }, (_, at) => `t${at}`));
      drive(pool, now, 20, () => ({ tookMs: 5, fails: true }));
      const resting = pool.targets().filter((target) => now.ms < target.ejectedUntilMs).length;
      expect(resting / count).toBeLessThanOrEqual(0.5);
    }
  });

  it("lets one rest whose successes are far below its peers', of five or more", () => {
    const { pool, told, now } = poolOf(["a", "b", "c", "d", "e", "f", "g"]);
    let n = 0;
    drive(pool, now, 10, (id) => ({ tookMs: 5, fails: id === "a" && ++n % 3 === 0 }), 400);
    expect(told.filter(({ to }) => to === "ejected").map(({ targetId }) => targetId)).toContain("a");
    expect(told.filter(({ to, targetId }) => to === "ejected" && targetId !== "a")).toEqual([]);
  });
});

describe("a target", () => {
  it("that is new gets its share by and by", () => {
    const { pool, now } = poolOf(["a", "b"]);
    drive(pool, now, 5, () => ({ tookMs: 10 }));
    pool.set([facts("a"), facts("b"), facts("new")], now.ms);
    const early = drive(pool, now, 1, () => ({ tookMs: 10 })).share("new");
    drive(pool, now, 10, () => ({ tookMs: 10 }));
    const late = drive(pool, now, 2, () => ({ tookMs: 10 })).share("new");
    expect(early).toBeLessThan(0.2);
    expect(late).toBeGreaterThan(0.25);
  });

  it("that drains, or is gone, gets nothing", () => {
    const { pool, told, now } = poolOf(["a", "b", "constructor"]);
    pool.drain("a", now.ms);
    pool.set([facts("a"), facts("b")], now.ms);
    pool.drain("a", now.ms);
    expect(drive(pool, now, 2, () => ({ tookMs: 10 })).got).toEqual(new Map([["b", 400]]));
    expect(told.map(({ targetId, to }) => [targetId, to])).toContainEqual(["constructor", "gone"]);
    expect(told.map(({ targetId, to }) => [targetId, to])).toContainEqual(["a", "draining"]);
  });

  it("next door is preferred", () => {
    const pool = createPool<TargetFacts>(luck());
    pool.set([facts("near", { zone: "z" }), facts("far", { zone: "y" })], -20_000);
    let near = 0;
    for (let at = 0; at < 100; at++) {
      const lease = pool.take(at, { ...TERMS, zone: "z" });
      if (lease.target.id === "near") near += 1;
      lease.end("good", at);
    }
    expect(near).toBe(100);
  });

  it("gets no more at once than it can take", () => {
    const { pool, now } = poolOf(["a"]);
    const leases = Array.from({ length: 20 }, () => pool.take(now.ms, TERMS));
    expect(() => pool.take(now.ms, TERMS)).toThrow(/ROUTER_NO_TARGET.*0 not full/);
    leases[0]?.end("good", 10);
    expect(pool.take(10, TERMS).target.id).toBe("a");
  });
});

it("goes to the holder of what it is about, and elsewhere once that has been tried or rests", () => {
  const { pool, now } = poolOf(["a", "b"]);
  const to = (over: object) => {
    const lease = pool.take(now.ms, { ...TERMS, holder: "b", ...over });
    lease.end("good", now.ms);
    return lease.target.id;
  };
  for (let i = 0; i < 20; i++) expect(to({})).toBe("b");
  expect(to({ tried: new Set(["b"]) })).toBe("a");
  pool.eject("b", now.ms, 1_000);
  expect(to({})).toBe("a");
  expect(["a", "b"]).toContain(to({ holder: "constructor" }));
});

it("that nobody holds but one that rests is asked there", () => {
  const { pool, now } = poolOf(["a", "b"]);
  pool.eject("a", now.ms, 60_000);
  expect(pool.take(now.ms, TERMS).target.id).toBe("b");
  expect(pool.take(now.ms, { ...TERMS, tried: new Set(["b"]) }).target.id).toBe("a");
});

it("asks others first for a second after nobody was there", () => {
  const { pool, now } = poolOf(["a", "b"]);
  for (let i = 0; i < 50; i++) {
    const lease = pool.take(now.ms, TERMS);
    lease.end(lease.target.id === "a" ? "gone" : "good", now.ms);
  }
  expect(pool.targets().every(({ ejections }) => ejections === 0)).toBe(true);
  for (let i = 0; i < 20; i++) expect(pool.take(now.ms + 999, { ...TERMS, holder: "a" }).target.id).toBe("b");
  expect(pool.take(now.ms + 1_000, { ...TERMS, holder: "a" }).target.id).toBe("a");
});

it("is over at once for who was gone: no breaker is open when it is there again", () => {
  const { pool, now } = poolOf(["a"]);
  for (let i = 0; i < 100; i++) pool.take(now.ms, TERMS).end("gone", now.ms);
  expect(pool.take(now.ms, TERMS).target.id).toBe("a");
});

it("says when a breaker lets calls through again, and that nobody is there", () => {
  const { pool, now } = poolOf(["a"]);
  drive(pool, now, 1, () => ({ tookMs: 5, fails: true }));
  expect(() => pool.take(now.ms, TERMS)).toThrow(/ROUTER_BREAKER_OPEN.*read/);
  expect(pool.take(now.ms, { ...TERMS, callClass: "write" }).isProbe).toBe(false);
  pool.set([], now.ms);
  expect(() => pool.take(now.ms, TERMS)).toThrow(/ROUTER_NO_TARGET.*0 of 0/);
});

it("an operator lets one rest, and says that it is well", () => {
  const { pool, told, now } = poolOf(["a", "b"]);
  pool.eject("a", now.ms, 60_000);
  expect(drive(pool, now, 2, () => ({ tookMs: 5 })).share("b")).toBe(1);
  pool.restore("a", now.ms);
  expect(drive(pool, now, 20, () => ({ tookMs: 5 })).share("a")).toBeGreaterThan(0.2);
  const ofA = told.filter(({ targetId }) => targetId === "a");
  expect(ofA.map(({ to, reason }) => [to, reason])).toEqual([
    ["ejected", "operator"],
    ["ramping", "operator"],
    ["healthy", "errors"],
  ]);
});
