import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concerns } from "./interest.ts";
import type { SeenEvent } from "./seen-event.ts";
import { asks, inRegion, parcel, playersSession, seenEvent } from "./testing.ts";

const MOST = 1_000_000;
const marks = (sequence: number) => new Map([["p", sequence]]);

describe("a session", () => {
  it("hears live events in the order of their stream, though one subscription is still loading", () => {
    const session = playersSession();
    session.look(asks({ id: "loaded", regionIds: ["mill"] }), "where the cursor is");
    session.look(asks({ id: "loading", regionIds: ["moor"] }), "with snapshots");
    const events = [inRegion("moor"), inRegion("mill"), inRegion("moor")];
    for (const event of events) session.offer(parcel(event), 0);
    expect(session.loading).toBe(true);
    session.loaded("loading", new Map());
    expect(session.loading).toBe(false);
    expect(session.queue.take(MOST).events).toEqual(events);
  });

  it("drops what a snapshot covers, when it waited and when it comes later, and nothing else", () => {
    const session = playersSession();
    session.look(asks({ id: "a", regionIds: ["mill"], withoutWorld: true }), "where the cursor is");
    session.look(asks({ id: "b", regionIds: ["moor"] }), "with snapshots");
    const [waiting, others, late, after] = [
      inRegion("moor"),
      inRegion("mill"),
      inRegion("moor"),
      inRegion("moor"),
    ];
    session.offer(parcel(waiting), 0);
    session.offer(parcel(others), 0);
    session.loaded("b", marks(late.sequence));
    session.offer(parcel(late), 0);
    session.offer(parcel(after), 0);
    expect(session.queue.take(MOST).events).toEqual([others, after]);
  });

  it("asks only for the part that is new when a subscription moves", () => {
    const session = playersSession();
    session.look(asks({ regionIds: ["mill", "moor"] }), "with snapshots");
    session.loaded("a", marks(0));
    const { fresh, instead } = session.look(asks({ regionIds: ["moor", "fen"] }), "with snapshots");
    expect([...(fresh?.regions ?? [])]).toEqual(["fen"]);
    expect(fresh?.world).toBe(false);
    expect([...(instead?.regions ?? [])]).toEqual(["mill", "moor"]);
    const event = inRegion("moor");
    session.loaded("a", marks(event.sequence));
    session.offer(parcel(event), 0);
    session.offer(parcel(inRegion("fen", { sequence: event.sequence })), 0);
    expect(session.queue.take(MOST).events).toEqual([event]);
  });

  it("needs no snapshot when it looks at less", () => {
    const session = playersSession();
    session.look(asks({ regionIds: ["mill", "moor"] }), "with snapshots");
    session.loaded("a", marks(0));
    expect(session.look(asks({ regionIds: ["moor"] }), "with snapshots").fresh).toBeUndefined();
    expect(session.loading).toBe(false);
    session.offer(parcel(inRegion("mill")), 0);
    expect(session.queue.events).toBe(0);
  });

  it("hears its own events without looking at anything", () => {
    const session = playersSession("player:me");
    const own = seenEvent({ audience: { to: "players", players: ["player:me"] } });
    session.offer(parcel(own), 0);
    session.offer(parcel(seenEvent({ audience: { to: "players", players: ["player:you"] } })), 0);
    session.offer(parcel(seenEvent()), 0);
    expect(session.queue.take(MOST).events).toEqual([own]);
  });

  it("takes of a parcel each event that it looks at and no snapshot covers, and no other", () => {
    const audiences = fc.oneof(
      fc.constant({ to: "world" } as const),
      fc.record({ to: fc.constant("region" as const), region: fc.constantFrom("mill", "moor", "fen") }),
      fc.record({ to: fc.constant("players" as const), players: fc.subarray(["player:me", "player:you"]) }),
    );
    const some = fc.record({
      audience: audiences,
      publisher: fc.constantFrom("p", "q"),
      type: fc.constantFrom("weather.v1.A", "time.v1.B"),
    });
    const look = fc.record({
      regionIds: fc.subarray(["mill", "moor"]),
      withoutWorld: fc.boolean(),
      types: fc.subarray(["weather.*"]),
    });
    const covered = fc.dictionary(fc.constantFrom("p", "q"), fc.nat(12));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(look, covered), { maxLength: 2 }),
        fc.array(some, { maxLength: 12 }),
        (looks, given) => {
          const session = playersSession("player:me");
          for (const [at, [asked, asOf]] of looks.entries()) {
            session.look(asks({ id: `${at}`, ...asked }), "with snapshots");
            session.loaded(`${at}`, new Map(Object.entries(asOf)));
          }
          const events = given.map((over, at) => seenEvent({ ...over, sequence: at + 1 }));
          const wanted = (event: SeenEvent) =>
            event.audience.to === "players"
              ? event.audience.players.includes("player:me")
              : session
                  .interests()
                  .some(
                    (interest, at) =>
                      concerns(interest, event) && event.sequence > (looks[at]?.[1][event.publisher] ?? 0),
                  );
          session.offer(parcel(...events), 0);
          expect(session.queue.take(MOST).events).toEqual(events.filter(wanted));
        },
      ),
    );
  });
});
