import { create } from "@bufbuild/protobuf";
import { ExpiryReason, InstanceState } from "@orrery/schema/capability/v1";
import { RouteHealth, RouteHealthChanged, RouteHealthChangedSchema } from "@orrery/schema/router/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { type Book, createBook } from "../registry/book.ts";
import { beatOf, idOf, registration } from "../testing/registrations.ts";
import { createHearsay, type Hearsay } from "./hearsay.ts";
import { LATELY_MS } from "./words.ts";

const { EJECTED, OPEN, HALF_OPEN, HEALTHY, RAMPING, GONE, DRAINING } = RouteHealth;
const TIDES = "tides@http://10.0.0.1:1";
let book: Book;
let heard: Hearsay;
let now: number;
beforeEach(() => {
  now = 1_000_000;
  book = createBook(0);
  heard = createHearsay();
  book.register("p", [registration(1)], now, now);
});

const degrade = (id: string, until: number) => void book.degrade(id, until, now);
const stateOf = (number: number) => book.get(idOf(number))?.state;
/** A door says how an instance does for it. @param forMs undefined: it does not say until when */
function says(reporterId: string, to: RouteHealth, forMs: number | undefined = 30_000, targetId = TIDES) {
  const untilMs = forMs === undefined ? 0 : now + forMs;
  const event = create(RouteHealthChangedSchema, { reporterId, targetId, to, untilMs });
  heard.hear(event as RouteHealthChanged, now, now, book);
  heard.judge(book, now, degrade, targetId);
  return stateOf(1);
}
/** Time passes; all that are named are heard of. */
function pass(ms: number, alive: readonly number[] = [1]): InstanceState | undefined {
  for (const until = now + ms; now < until; ) {
    now += 1_000;
    if (now % 5_000 === 0)
      for (const number of alive) book.beat(number < 90 ? "p" : `d${number}`, [beatOf(number)], now);
    book.sweep(now);
    heard.judge(book, now, degrade);
  }
  return stateOf(1);
}
/** A door, as the kit registers it. */
function door(number: number, reporterId: string, state: InstanceState = InstanceState.READY): void {
  const endpoints = [{ name: "process", protocol: 1, address: `process:${reporterId}` }];
  const more = { serviceId: "router", publishes: [RouteHealthChanged.typeName], endpoints, state };
  book.register(`d${number}`, [registration(number, more as never)], now, now);
}

describe("one door", () => {
  it("is believed when it lets an instance rest, until it says otherwise", () => {
    for (const bad of [EJECTED, OPEN])
      for (const well of [RAMPING, HEALTHY, HALF_OPEN]) {
        expect(says("a", bad)).toBe(InstanceState.DEGRADED);
        expect(says("a", well)).toBe(InstanceState.READY);
      }
    for (const other of [GONE, DRAINING, RouteHealth.UNSPECIFIED])
      expect(says("a", other)).toBe(InstanceState.READY);
  });

  it("is believed until the time that it said, and for half a minute where it says none", () => {
    says("a", EJECTED, 10_000);
    expect(pass(9_000)).toBe(InstanceState.DEGRADED);
    expect(pass(1_000)).toBe(InstanceState.READY);
    says("a", OPEN, undefined);
    expect(pass(29_000)).toBe(InstanceState.DEGRADED);
    expect(pass(1_000)).toBe(InstanceState.READY);
  });

  it("is believed for no more than an hour, and not about the past or a time that is none", () => {
    for (const wrong of [-1, 0, Number.NaN, Number.NEGATIVE_INFINITY])
      expect(says("a", EJECTED, wrong)).toBe(InstanceState.READY);
    door(90, "a");
    says("a", EJECTED, Number.POSITIVE_INFINITY);
    expect(pass(3_599_000, [1, 90])).toBe(InstanceState.DEGRADED);
    expect(pass(1_000, [1, 90])).toBe(InstanceState.READY);
  });

  it("has a clock of its own: what counts is how long it said", () => {
    const saidMs = now + 86_400_000;
    const told = { reporterId: "a", targetId: TIDES, to: OPEN, untilMs: saidMs + 5_000 };
    heard.hear(create(RouteHealthChangedSchema, told) as RouteHealthChanged, saidMs, now, book);
    expect(pass(4_000)).toBe(InstanceState.DEGRADED);
    expect(pass(1_000)).toBe(InstanceState.READY);
  });
});

describe("several doors", () => {
  it("that disagree change nothing, however often they say so", () => {
    door(90, "a");
    door(91, "b");
    const { revision } = book;
    for (let round = 0; round < 20; round++) {
      expect(says("a", EJECTED)).toBe(InstanceState.READY);
      expect(says("b", round % 2 === 0 ? HEALTHY : RAMPING)).toBe(InstanceState.READY);
      expect(pass(1_000, [1, 90, 91])).toBe(InstanceState.READY);
    }
    expect(book.revision).toBe(revision);
  });

  it("that disagree and are not registered change it once, when the second is heard of", () => {
    const { revision } = book;
    expect(says("a", EJECTED)).toBe(InstanceState.DEGRADED);
    expect(says("b", HEALTHY)).toBe(InstanceState.READY);
    for (let round = 0; round < 20; round++) expect(says("a", EJECTED)).toBe(InstanceState.READY);
    expect(book.revision).toBe(revision + 2);
  });

  it("are believed when two of three agree, until the first of the two is content", () => {
    for (const [at, id] of ["a", "b", "c"].entries()) door(90 + at, id);
    expect(says("a", EJECTED, 60_000)).toBe(InstanceState.READY);
    expect(says("b", OPEN, 10_000)).toBe(InstanceState.DEGRADED);
    expect(says("c", HEALTHY)).toBe(InstanceState.DEGRADED);
    expect(pass(9_000, [1, 90, 91, 92])).toBe(InstanceState.DEGRADED);
    expect(pass(1_000, [1, 90, 91, 92])).toBe(InstanceState.READY);
    expect(says("c", EJECTED, 60_000)).toBe(InstanceState.DEGRADED);
    expect(says("a", RAMPING)).toBe(InstanceState.READY);
  });

  it("count though they are silent, as long as they live", () => {
    door(90, "a");
    door(91, "b");
    says("a", EJECTED, 1_000_000);
    expect(pass(2 * LATELY_MS, [1, 90, 91])).toBe(InstanceState.READY);
    expect(pass(30_000, [1, 90])).toBe(InstanceState.DEGRADED);
    door(91, "b");
    expect(pass(1_000, [1, 90, 91])).toBe(InstanceState.READY);
  });

  it("of which one only starts, or leaves, do not wait for it", () => {
    door(90, "a");
    door(91, "b", InstanceState.STARTING);
    expect(says("a", EJECTED)).toBe(InstanceState.DEGRADED);
    expect(says("b", HEALTHY)).toBe(InstanceState.DEGRADED);
    book.drain([idOf(90)], now);
    expect(pass(1_000, [1, 90])).toBe(InstanceState.READY);
  });
});

describe("a door that went away", () => {
  it("has no say any more, whatever it said last", () => {
    door(90, "a");
    says("a", EJECTED, 3_600_000);
    book.deregister([idOf(90)], ExpiryReason.DEREGISTERED, now);
    expect(pass(1_000)).toBe(InstanceState.READY);
    says("a", EJECTED, 60_000);
    expect(pass(1_000)).toBe(InstanceState.READY);
  });

  it("and was known by its words alone, has none five minutes later", () => {
    says("a", EJECTED, 3_600_000);
    expect(pass(LATELY_MS)).toBe(InstanceState.DEGRADED);
    expect(pass(1_000)).toBe(InstanceState.READY);
  });
});

describe("an instance", () => {
  it("that registers anew at its address is who the doors speak of", () => {
    says("a", EJECTED, 60_000);
    const address = { endpoints: [{ name: "calls", protocol: 1, address: "http://10.0.0.1:1" }] };
    book.register("p", [registration(2, address as never)], now, now);
    expect(stateOf(1)).toBe(InstanceState.EXPIRED);
    pass(1_000, [2]);
    expect(stateOf(2)).toBe(InstanceState.DEGRADED);
    says("a", RAMPING);
    expect(stateOf(2)).toBe(InstanceState.READY);
  });

  it("that was lost and comes back is spoken of as before, and nobody is gone by hearsay", () => {
    says("a", EJECTED, 60_000);
    pass(20_000, []);
    expect(book.get(idOf(1))?.expiry).toBe(ExpiryReason.LEASE_LOST);
    book.register("p", [registration(1)], now, now);
    expect(pass(1_000)).toBe(InstanceState.DEGRADED);
    expect(pass(39_000)).toBe(InstanceState.READY);
  });

  it("is found by the path that the kit answers its calls on, and by no other endpoint's", () => {
    const endpoints = [
      { name: "process", protocol: 1, address: "process:tides-0" },
      { name: "calls", protocol: 1, address: "http://10.0.0.2:1/services/tides" },
    ];
    book.register("p", [registration(1, { endpoints } as never)], now, now);
    expect(says("a", EJECTED)).toBe(InstanceState.READY);
    expect(says("a", EJECTED, 30_000, "weather@http://10.0.0.2:1")).toBe(InstanceState.READY);
    expect(says("a", EJECTED, 30_000, "tides@http://10.0.0.2:1")).toBe(InstanceState.DEGRADED);
  });

  it("that nobody knows is nobody, also later", () => {
    const names = [
      "",
      "@",
      "tides",
      "@http://10.0.0.1:1",
      "constructor@__proto__",
      "tides@http://10.0.0.3:1",
    ];
    for (const name of names) expect(says("a", EJECTED, 60_000, name)).toBe(InstanceState.READY);
    const endpoints = [{ name: "calls", protocol: 1, address: "http://10.0.0.3:1" }];
    book.register("p", [registration(3, { endpoints } as never)], now, now);
    pass(1_000, [1, 3]);
    expect(stateOf(3)).toBe(InstanceState.READY);
  });

  it("may be called as it likes, and so may a door that says its name", () => {
    for (const [at, serviceId] of ["constructor", "valueof"].entries()) {
      const address = `http://10.0.0.9:${at}/services/${serviceId}`;
      const endpoints = [{ name: "calls", protocol: 1, address }];
      book.register("p", [registration(10 + at, { serviceId, endpoints } as never)], now, now);
      const target = `${serviceId}@http://10.0.0.9:${at}`;
      for (const reporter of ["constructor", "__proto__"]) says(reporter, EJECTED, 30_000, target);
      expect(stateOf(10 + at)).toBe(InstanceState.DEGRADED);
      says("__proto__", HEALTHY, 0, target);
      expect(stateOf(10 + at)).toBe(InstanceState.READY);
    }
    expect(says("", EJECTED)).toBe(InstanceState.READY);
  });
});
