import { create } from "@bufbuild/protobuf";
import { BeatSchema, InstanceState, LoadSchema } from "@orrery/schema/capability/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFilter } from "../filter/parse.ts";
import { beatOf, idOf, registration } from "../testing/registrations.ts";
import { type Book, createBook } from "./book.ts";
import { INSTANCE_FIELDS } from "./fields.ts";
import { matching } from "./match.ts";
import { resolve } from "./resolve.ts";

const NOW = 1_000_000;
const HINTS = { zone: "", latencyBudgetMs: 0, maxCost: 0 };
const ask = (book: Book, text: string, hints = HINTS, now = NOW + 20_000) => {
  book.observe(now);
  const filter = parseFilter(text, INSTANCE_FIELDS);
  return resolve(book, [...matching(book, filter)], filter, text, hints, 16, now);
};
/** Registered long enough ago that nobody ramps in. */
function bookOf(...given: ReturnType<typeof registration>[]): Book {
  const book = createBook(0);
  book.register("p", given, NOW, NOW);
  keep(book);
  return book;
}
function keep(book: Book, loads: Readonly<Record<number, object>> = {}): void {
  const beats = [...book.all()].map(({ id, own }, at) =>
    create(BeatSchema, {
      instanceId: id,
      state: own,
      ...(loads[at] && { load: create(LoadSchema, loads[at]) }),
    }),
  );
  for (let at = NOW; at <= NOW + 20_000; at += 4_000) book.beat("p", beats, at);
}

describe("resolving", () => {
  it("scores by time, load, errors, price and way, and gives shares by it", () => {
    const model = (cost: number) => ({
      capabilities: [{ type: "inference", name: "m", costMultiplier: cost }],
    });
    const book = bookOf(
      registration(0, { ...model(1), zone: "a" }),
      registration(1, { ...model(2), zone: "b" }),
    );
    keep(book, {
      0: { ewmaMs: 15, inFlight: 5, capacity: 10, errorRate: 0.25 },
      1: { ewmaMs: 5, inFlight: 0, capacity: 10, errorRate: 0 },
    });
    const found = ask(book, 'type = "inference"', { ...HINTS, zone: "a" });
    expect(found.map(({ score }) => score)).toEqual([expect.closeTo(26), expect.closeTo(90)]);
    expect(found.map(({ instanceId }) => instanceId)).toEqual([idOf(1), idOf(0)]);
    const [first = 0, second = 0] = found.map(({ weight }) => weight);
    expect(first + second).toBeCloseTo(1);
    expect(first / second).toBeCloseTo(90 / 26);
  });

  it("lets one that has just come in little by little", () => {
    const book = bookOf(registration(0));
    book.register("p", [registration(1)], NOW + 20_000, NOW);
    const share = (at: number) => {
      for (let beatAt = NOW + 20_000; beatAt <= at; beatAt += 4_000)
        book.beat("p", [beatOf(0), beatOf(1)], beatAt);
      return ask(book, "", HINTS, at).find(({ instanceId }) => instanceId === idOf(1))?.weight;
    };
    expect(share(NOW + 20_000)).toBeCloseTo(0.1 / 1.1);
    expect(share(NOW + 25_000)).toBeCloseTo(0.5 / 1.5);
    expect(share(NOW + 31_000)).toBeCloseTo(0.5);
  });

  it("takes the degraded only where none is ready, and never who drains or starts", () => {
    const book = bookOf(
      registration(0),
      registration(1, { state: InstanceState.DEGRADED }),
      registration(2, { state: InstanceState.STARTING }),
      registration(3),
    );
    book.drain([idOf(3)], NOW + 20_000);
    const ids = () => ask(book, 'service = "tides"').map(({ instanceId }) => instanceId);
    expect(ids()).toEqual([idOf(0)]);
    book.drain([idOf(0)], NOW + 20_000);
    expect(ids()).toEqual([idOf(1)]);
  });

  it("takes of several capabilities the cheapest that fits", () => {
    const capabilities = [
      { type: "inference", name: "large", costMultiplier: 4, attributes: [attribute("context", 65_536)] },
      {
        type: "inference",
        name: "small",
        costMultiplier: 1,
        attributes: [attribute("context", 4_096)],
        tags: ["beta"],
      },
    ];
    const book = bookOf(registration(0, { capabilities }));
    const nameFor = (filter: string) => ask(book, filter)[0]?.capability?.name;
    expect(nameFor('type = "inference"')).toBe("small");
    expect(nameFor('type = "inference" and attr.context >= 8192')).toBe("large");
    expect(nameFor('type = "inference" and not tag "beta"')).toBe("large");
    expect(nameFor('version in "^1.0"')).toBeUndefined();
  });

  it.each([
    ['service = "tides" and version in "^2"', HINTS, 'column 23: version in "^2"'],
    ['service = "nobody"', HINTS, 'column 1: service = "nobody"'],
    ["", { ...HINTS, latencyBudgetMs: 5 }, "latency_budget_ms 5"],
    ["", { ...HINTS, maxCost: 0.5 }, "max_cost 0.5"],
  ])("says what excluded the last one: %s", (filter, hints, why) => {
    const book = bookOf(registration(0));
    keep(book, { 0: { ewmaMs: 50 } });
    expect(() => ask(book, filter, hints)).toThrow(why);
  });

  it("says that none is alive, or that none is ready", () => {
    expect(() => ask(createBook(0), "")).toThrow("no instance is alive");
    expect(() => ask(bookOf(registration(0, { state: InstanceState.STARTING })), "")).toThrow(
      "1 fit, and none is ready",
    );
  });

  it("gives only who lives and fits, with weights above 0 that sum to 1, whatever happened before", () => {
    const step = fc.record({
      what: fc.constantFrom("register", "beat", "drain", "leave", "wait", "degrade"),
      number: fc.nat(7),
      state: fc.constantFrom(InstanceState.STARTING, InstanceState.READY, InstanceState.DEGRADED),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = createBook(0);
        let now = NOW;
        for (const { what, number, state } of steps) {
          now += what === "wait" ? 4_000 : 100;
          const id = idOf(number);
          const source = `p${number % 3}`;
          const isLive = book.get(id) !== undefined && book.get(id)?.state !== InstanceState.EXPIRED;
          if (what === "register") book.register(source, [registration(number, { state })], now, now);
          if (what === "beat") book.beat(source, [beatOf(number, state)], now);
          if (what === "drain" && isLive) book.drain([id], now);
          if (what === "leave") book.deregister([id], 2, now);
          if (what === "degrade" && isLive) book.degrade(id, now + 2_000, now);
          if (what === "wait") book.sweep(now);
          const live = [...book.all()].filter(
            (one) => one.leaseUntil > now && one.state === InstanceState.READY,
          );
          const found = found16(book, now);
          for (const { instanceId } of found) {
            const one = book.get(instanceId ?? "");
            expect(one?.state).toBe(live.length > 0 ? InstanceState.READY : InstanceState.DEGRADED);
            expect(book.leases.until(one as never)).toBeGreaterThan(now);
          }
          const weights = found.map(({ weight = 0 }) => weight);
          expect(weights.every((weight) => weight > 0)).toBe(true);
          if (found.length > 0) expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
        }
      }),
    );
  });
});

function found16(book: Book, now: number) {
  try {
    return resolve(book, [...matching(book, undefined)], undefined, "", HINTS, 16, now);
  } catch {
    return [];
  }
}

const attribute = (name: string, value: number) => ({ name, value: { case: "number" as const, value } });
