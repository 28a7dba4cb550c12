import { ExpiryReason, InstanceState, RegistrationChange } from "@orrery/schema/capability/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { beatOf, idOf, registration } from "../testing/registrations.ts";
import { type Book, createBook } from "./book.ts";
import type { Change } from "./live.ts";

let book: Book;
let now: number;
let told: Change[];
beforeEach(() => {
  now = 1_000_000;
  book = createBook(0);
  told = [];
});

function register(source: string, ...given: ReturnType<typeof registration>[]): readonly Change[] {
  const changes = book.register(source, given, now, now);
  told.push(...changes);
  return changes;
}
/** Time passes; sources that are named go on beating for their instances. */
function pass(ms: number, beating: Readonly<Record<string, readonly number[]>> = {}): void {
  for (const until = now + ms; now < until; ) {
    now += 250;
    told.push(...book.sweep(now).changes);
    if (now % 5_000 === 0)
      for (const [source, numbers] of Object.entries(beating))
        book.beat(
          source,
          numbers.map((number) => beatOf(number)),
          now,
        );
  }
}
const ends = () => told.flatMap((one) => (one.kind === "expired" ? [[one.live.id, one.reason]] : []));
const stateOf = (number: number) => book.get(idOf(number))?.state;

describe("instances", () => {
  it("are there once however often they register", () => {
    const first = register("p", registration(1));
    expect(first).toMatchObject([{ kind: "registered", change: RegistrationChange.NEW, revision: 1 }]);
    expect(register("p", registration(1))).toEqual([]);
    expect(book.revision).toBe(1);
    const moved = { endpoints: [{ address: "http://10.0.0.9:1" }] };
    expect(register("p", registration(1, { ...moved } as never))).toMatchObject([
      { change: RegistrationChange.UPDATED, revision: 2 },
    ]);
  });

  it("go within a second of their lease's end, and come back under a new revision", () => {
    register("p", registration(1));
    pass(14_750);
    expect(ends()).toEqual([]);
    pass(1_250);
    expect(ends()).toEqual([[idOf(1), ExpiryReason.LEASE_LOST]]);
    expect(book.beat("p", [beatOf(1)], now).unknown).toEqual([idOf(1)]);
    expect(register("p", registration(1))).toMatchObject([
      { change: RegistrationChange.RECOVERED, revision: 3 },
    ]);
  });

  it("stay while somebody beats for them", () => {
    register("p", registration(1), registration(2));
    pass(120_000, { p: [1, 2] });
    expect(ends()).toEqual([]);
  });

  it("are replaced by who takes their address, for good", () => {
    register("p", registration(1));
    const taken = registration(2, { endpoints: [{ address: "http://10.0.0.1:1" }] } as never);
    register("q", taken);
    expect(ends()).toEqual([[idOf(1), ExpiryReason.REPLACED]]);
    expect(() => register("p", registration(1))).toThrow("CAPABILITY_REPLACED");
    expect(stateOf(2)).toBe(InstanceState.READY);
  });

  it("belong to the process that registered them", () => {
    register("p", registration(1));
    expect(() => register("q", registration(1))).toThrow("CAPABILITY_NOT_YOURS");
    expect(() => book.beat("q", [beatOf(1)], now)).toThrow("CAPABILITY_NOT_YOURS");
    expect(() => register("p", registration(1, { serviceId: "other" }))).toThrow("CAPABILITY_NOT_YOURS");
  });

  it("register all together or not at all", () => {
    expect(() => register("p", registration(1), registration(2, { version: "new" }))).toThrow(
      "CAPABILITY_REGISTRATION",
    );
    expect([...book.all()]).toEqual([]);
    const many = Array.from({ length: 1_001 }, (_, at) => registration(at));
    expect(() => register("p", ...many)).toThrow("CAPABILITY_TOO_MANY");
    const capabilities = Array.from({ length: 65 }, (_, at) => ({ type: "rpc", name: `c${at}` }));
    expect(() => register("p", registration(1, { capabilities }))).toThrow("CAPABILITY_TOO_MANY");
  });

  it("drain before they leave, and stay known until then", () => {
    register("p", registration(1), registration(2));
    told.push(...book.drain([idOf(1)], now));
    expect(book.drain([idOf(1)], now)).toEqual([]);
    expect(stateOf(1)).toBe(InstanceState.DRAINING);
    told.push(...book.deregister([idOf(1)], ExpiryReason.DEREGISTERED, now));
    expect(book.deregister([idOf(1)], ExpiryReason.DEREGISTERED, now)).toEqual([]);
    expect(told.slice(2)).toMatchObject([
      { reason: ExpiryReason.DRAINING, remaining: 2, revision: 3 },
      { reason: ExpiryReason.DEREGISTERED, remaining: 1, revision: 4 },
    ]);
  });

  it("are degraded by their own word, and by that of others until it lapses", () => {
    register("p", registration(1));
    const changes = [
      ...book.beat("p", [beatOf(1, InstanceState.DEGRADED)], now).changes,
      ...book.beat("p", [beatOf(1)], now).changes,
      ...book.degrade(idOf(1), now + 3_000, now),
      ...book.beat("p", [beatOf(1)], now).changes,
    ];
    expect(changes.map((one) => one.kind === "registered" && one.change)).toEqual([
      RegistrationChange.DEGRADED,
      RegistrationChange.RECOVERED,
      RegistrationChange.DEGRADED,
    ]);
    pass(3_250);
    expect(stateOf(1)).toBe(InstanceState.READY);
    expect(told.at(-1)).toMatchObject({ change: RegistrationChange.RECOVERED });
  });

  it("keep the load that they had when one comes that is none", () => {
    register("p", registration(1));
    const say = (load: object) => book.beat("p", [beatOf(1, InstanceState.READY, load)], now);
    say({ inFlight: 3, ewmaMs: 12 });
    for (const load of [{ ewmaMs: Number.NaN }, { ewmaMs: -1 }, { errorRate: 2 }, { lagMs: Infinity }])
      say(load);
    expect(book.get(idOf(1))?.load).toMatchObject({ inFlight: 3, ewmaMs: 12 });
    expect(book.implausible).toBe(4);
  });

  it("are forgotten five minutes after their end", () => {
    register("p", registration(1));
    book.deregister([idOf(1)], ExpiryReason.DEREGISTERED, now);
    pass(299_000);
    expect(book.get(idOf(1))).toBeDefined();
    pass(2_000);
    expect(book.get(idOf(1))).toBeUndefined();
  });
});

describe("a registry that mistrusts itself", () => {
  const sources = (count: number) => Array.from({ length: count }, (_, at) => `p${at}`);
  const apart = (names: readonly string[]) => names.forEach((name, at) => register(name, registration(at)));
  const beating = (names: readonly string[]) => Object.fromEntries(names.map((name, at) => [name, [at]]));

  it("expires nobody for a minute when most processes fall silent at once, and then those that stay silent", () => {
    const all = sources(8);
    apart(all);
    pass(10_000, beating(all));
    pass(60_000);
    expect(ends()).toEqual([]);
    expect(book.leases.suspicion(now)).toContain("8 of 8");
    pass(20_000, beating(all.slice(0, 6)));
    expect(ends().map(([id]) => id)).toEqual([idOf(6), idOf(7)]);
    expect(book.leases.suspicion(now)).toBeUndefined();
  });

  it("counts processes, not instances", () => {
    register("big", ...Array.from({ length: 21 }, (_, at) => registration(100 + at)));
    apart(sources(3));
    pass(20_000, beating(sources(3)));
    expect(ends()).toHaveLength(21);
    expect(book.leases.suspicions).toBe(0);
  });

  it("believes that fewer than four, or no more than half, are gone", () => {
    const all = sources(8);
    apart(all);
    pass(20_000, beating(all.slice(0, 4)));
    expect(ends()).toHaveLength(4);
    expect(book.leases.suspicions).toBe(0);
  });
});

describe("a registry that slept", () => {
  it("expires nobody on waking", () => {
    register("p", registration(1));
    pass(10_000, { p: [1] });
    now += 30_000;
    pass(1_000);
    expect(ends()).toEqual([]);
    pass(60_000, { p: [1] });
    expect(ends()).toEqual([]);
  });

  it("does not resolve into an empty list before it looked at its leases", () => {
    register("p", registration(1));
    pass(1_000);
    now += 30_000;
    book.observe(now);
    expect(book.leases.isRunning(book.get(idOf(1)) as never, now)).toBe(true);
  });
});
