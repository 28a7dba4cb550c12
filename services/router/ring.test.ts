import { Lane } from "@orrery/schema/orrery";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interestOf } from "./interest.ts";
import { LIMITS } from "./limits.ts";
import { createRing, type Looks, type Ring } from "./ring.ts";
import type { SeenEvent } from "./seen-event.ts";
import type { Place } from "./streams.ts";
import { asks, inRegion, seenEvent } from "./testing.ts";

const event = (publisher: string, sequence: number, over: Partial<SeenEvent> = {}) =>
  seenEvent({ publisher, sequence, timeMs: 1_000, ...over });
const at = (marks: Record<string, number>, timeMs = 1) => ({ marks: new Map(Object.entries(marks)), timeMs });
const everything = { player: "player:me", interests: [interestOf(asks(), [])] };
const names = (events: readonly SeenEvent[]) =>
  events.map(({ publisher, sequence }) => `${publisher}${sequence}`);
/** All of it, as it is given at a moment. */
const given = (ring: Ring, place: Place, looks: Looks = everything, nowMs = 0) =>
  ring.after(place, looks, nowMs).flatMap(({ events }) => events);
const head = (publisher: string, sequence: number, lastMs = 500) => ({
  world: "w",
  publisher,
  lane: Lane.STANDARD,
  sequence,
  lastMs,
});
const stretch = (publisher: string, after: number, until: number, fromMs = 0) => ({
  world: "w",
  publisher,
  after,
  until,
  fromMs,
});

function hearing(...events: readonly SeenEvent[]): Ring {
  const ring = createRing();
  for (const one of events) ring.add(one, 0);
  return ring;
}

describe("the ring", () => {
  it("gives what a cursor lacks, in order of arrival", () => {
    const ring = hearing(event("a", 1), event("b", 1), event("a", 2), event("b", 2));
    ring.streams.settle([]);
    expect(ring.streams.lacks(at({ a: 1, b: 0 }))).toEqual([]);
    expect(names(given(ring, at({ a: 1, b: 0 })))).toEqual(["b1", "a2", "b2"]);
  });

  it("does not know what a stream said that has been silent since it began, until the journal has told", () => {
    const ring = hearing(event("a", 5));
    expect(ring.streams.lacks(at({ p: 3 }))).toBeUndefined();
    expect(ring.streams.lacks(at({ a: 4 }))).toBeUndefined();
    ring.streams.settle([head("p", 3)]);
    expect(ring.streams.lacks(at({ p: 3, a: 4 }))).toEqual([]);
    expect(ring.streams.lacks(at({ p: 2, a: 4 }))).toEqual([stretch("p", 2, 3)]);
  });

  it("knows nothing of a stream that neither it nor the journal has ever heard", () => {
    const ring = hearing(event("a", 1));
    ring.streams.settle([head("p", 3)]);
    expect(ring.streams.lacks(at({ a: 1, stranger: 7 }))).toBeUndefined();
  });

  it("asks for what it does not reach back to", () => {
    const ring = hearing(event("a", 5));
    ring.streams.settle([]);
    expect(ring.streams.lacks(at({ a: 3 }))).toEqual([stretch("a", 3, 4)]);
    expect(ring.streams.lacks(at({ a: 4 }))).toEqual([]);
  });

  it("asks by time for streams that a cursor leaves out, and not for those that were silent before it", () => {
    const ring = createRing();
    ring.streams.settle([head("old", 3, 400), head("late", 8, 900)]);
    expect(ring.streams.lacks(at({}, 600))).toEqual([stretch("late", 0, 8, 600)]);
    ring.precede([stretch("late", 0, 8, 600)], [event("late", 8, { timeMs: 900 })], 0);
    expect(ring.streams.lacks(at({}, 600))).toEqual([]);
    expect(names(given(ring, at({}, 600)))).toEqual(["late8"]);
    expect(names(given(ring, at({}, 950)))).toEqual([]);
  });

  it("takes in front what was said before, each stream in order and each event once", () => {
    const ring = hearing(event("a", 5), event("b", 2));
    ring.streams.settle([]);
    const past = [event("a", 4), event("b", 1), event("a", 3), event("a", 3), event("a", 5), event("a", 1)];
    ring.precede([stretch("a", 2, 4), stretch("b", 0, 1)], past, 0);
    expect(ring.streams.lacks(at({ a: 2, b: 0 }))).toEqual([]);
    expect(names(given(ring, at({ a: 2, b: 0 })))).toEqual(["a3", "b1", "a4", "a5", "b2"]);
    expect(ring.streams.lacks(at({ a: 1, b: 0 }))).toEqual([stretch("a", 1, 2)]);
  });

  it("takes no stretch that would leave a hole before what is here", () => {
    const ring = hearing(event("a", 9));
    ring.streams.settle([]);
    ring.precede([stretch("a", 3, 6)], [event("a", 4)], 0);
    expect(ring.streams.lacks(at({ a: 3 }))).toEqual([stretch("a", 3, 8)]);
    expect(names(given(ring, at({ a: 3 })))).toEqual(["a9"]);
  });

  it("passes on what comes live after it was read, and says up to where a client has it already", () => {
    const ring = createRing();
    ring.streams.settle([head("a", 7)]);
    ring.precede([stretch("a", 5, 7)], [event("a", 6), event("a", 7)], 0);
    expect(ring.streams.early(at({ a: 5 }))).toEqual(new Map([["a", 7]]));
    expect(ring.add(event("a", 7), 0)).toBe(true);
    expect(names(given(ring, at({ a: 5 })))).toEqual(["a6", "a7"]);
    expect(ring.streams.early(at({ a: 5 }))).toEqual(new Map());
    expect(ring.streams.headsSince(0)).toEqual([{ publisher: "a", lane: Lane.STANDARD, sequence: 7 }]);
  });

  it("never says of a stream that it was heard up to a place of which only the journal told", () => {
    const ring = hearing(event("b", 1));
    ring.streams.settle([head("a", 7)]);
    expect(ring.streams.headsSince(0).map(({ publisher }) => publisher)).toEqual(["b"]);
  });

  it("lets go of what is too old", () => {
    const ring = hearing(event("a", 1));
    ring.streams.settle([]);
    ring.add(event("a", 2), LIMITS.ringMs + 1);
    expect(ring.streams.lacks(at({ a: 0 }))).toEqual([stretch("a", 0, 1)]);
    expect(names(given(ring, at({ a: 1 })))).toEqual(["a2"]);
  });

  it("gives the same parcel to all who come back to the same within a moment, and what came since in another", () => {
    const ring = hearing(event("a", 1), event("a", 2));
    ring.streams.settle([]);
    const other = { ...everything, player: "player:other" };
    const [first] = ring.after(at({ a: 1 }), everything, 0);
    expect(ring.after(at({ a: 1 }), other, 10)[0]).toBe(first);
    expect(ring.after(at({ a: 0 }), other, 10)[0]).not.toBe(first);
    ring.add(event("a", 3), 10);
    ring.add(event("b", 1), 10);
    const [same, since] = ring.after(at({ a: 1 }), everything, 20);
    expect(same).toBe(first);
    expect(names(since?.events ?? [])).toEqual(["a3", "b1"]);
    expect(names(given(ring, at({ a: 1 }), everything, 10_000))).toEqual(["a2", "a3", "b1"]);
    expect(names(given(ring, at({ a: 3 }), everything, 10_000))).toEqual(["b1"]);
  });

  it("gives of very much only the latest of what coalesces, and all of what does not", () => {
    const count = LIMITS.tightEvents + 2;
    const events = Array.from({ length: count }, (_, n) => event("a", n + 1, { coalesce: n % 2 === 0 }));
    const ring = hearing(...events);
    ring.streams.settle([]);
    const some = given(ring, at({ a: 0 }));
    expect(some.filter(({ coalesce }) => !coalesce)).toHaveLength(count / 2);
    expect(some.filter(({ coalesce }) => coalesce).map(({ sequence }) => sequence)).toEqual([count - 1]);
  });

  it("passes over what is of no type that is looked at, and does not count it as much", () => {
    const ring = createRing();
    ring.streams.settle([]);
    const count = LIMITS.tightEvents + 2;
    for (let n = 1; n <= count; n++) ring.add(event("a", n, { type: "npc.v1.Walked" }), 0);
    for (let n = 1; n <= 3; n++) ring.add(event("b", n, { type: "weather.v1.Changed", coalesce: true }), 0);
    ring.add(event("c", 1, { type: "npc.v1.Told", audience: { to: "players", players: ["player:me"] } }), 0);
    const weather = { ...everything, interests: [interestOf(asks({ types: ["weather.*"] }), [])] };
    expect(names(given(ring, at({ a: 0, b: 0, c: 0 }), weather))).toEqual(["b1", "b2", "b3", "c1"]);
    expect(given(ring, at({ a: 0, b: 0, c: 0 }))).toHaveLength(count + 2);
  });

  it("passes over what came twice", () => {
    const ring = hearing(event("a", 1));
    expect(ring.add(event("a", 1), 0)).toBe(false);
    expect(names(given(ring, at({ a: 0 })))).toEqual(["a1"]);
  });

  it("gives each client what it looks at and lacks, and nothing else, wherever the past began", () => {
    const looks = fc.record({
      regionIds: fc.subarray(["mill", "moor"]),
      withoutWorld: fc.boolean(),
    });
    const spoken = fc.array(
      fc.record({
        publisher: fc.constantFrom("p", "q"),
        where: fc.constantFrom("world", "mill", "moor", "own"),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(
        looks,
        spoken,
        fc.nat(20),
        fc.nat(12),
        fc.nat(12),
        fc.nat(20),
        (asked, said, began, p, q, late) => {
          const counts: Record<string, number> = {};
          const events = said.map(({ publisher, where }) => {
            const sequence = (counts[publisher] = (counts[publisher] ?? 0) + 1);
            if (where === "world") return event(publisher, sequence);
            if (where === "own")
              return event(publisher, sequence, { audience: { to: "players", players: ["player:me"] } });
            return inRegion(where, { publisher, sequence, timeMs: 1_000 });
          });
          const [past, live] = [events.slice(0, began), events.slice(began)];
          const ring = hearing(...live.slice(0, late));
          ring.streams.settle(
            ["p", "q"].map((name) => head(name, past.filter((one) => one.publisher === name).length)),
          );
          const marks = { p: Math.min(p, counts["p"] ?? 0), q: Math.min(q, counts["q"] ?? 0) };
          const lacking = ring.streams.lacks(at(marks)) ?? [];
          ring.precede(
            lacking,
            past.filter(({ publisher, sequence }) => sequence > marks[publisher as "p"]),
            0,
          );
          expect(ring.streams.lacks(at(marks))).toEqual([]);
          const interests = [interestOf(asks(asked), [])];
          // Somebody came back to the same before the last of it was said.
          given(ring, at(marks), { player: "player:me", interests });
          for (const one of live.slice(late)) ring.add(one, 0);
          const wanted = events.filter(({ publisher, sequence, audience }) => {
            if (sequence <= marks[publisher as "p"]) return false;
            if (audience.to === "players") return true;
            return audience.to === "world"
              ? !asked.withoutWorld
              : asked.regionIds.includes((audience as { region: string }).region);
          });
          expect(names(given(ring, at(marks), { player: "player:me", interests }))).toEqual(names(wanted));
        },
      ),
    );
  });
});
