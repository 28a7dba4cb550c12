import { describe, expect, it } from "vitest";
import { asks, inRegion, playersSession, seenEvent } from "./testing.ts";

const MOST = 1_000_000;
const marks = (sequence: number) => new Map([["p", sequence]]);

describe("a session", () => {
  it("hears live events in the order of their stream, though one subscription is still loading", () => {
    const session = playersSession();
    session.look(asks({ id: "loaded", regionIds: ["mill"] }), "where the cursor is");
    session.look(asks({ id: "loading", regionIds: ["moor"] }), "with snapshots");
    const events = [inRegion("moor"), inRegion("mill"), inRegion("moor")];
    for (const event of events) session.offer(event, 0);
    expect(session.loading).toBe(true);
    session.loaded("loading", new Map());
    expect(session.loading).toBe(false);
    expect(session.queue.take(MOST)).toEqual(events);
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
    session.offer(waiting, 0);
    session.offer(others, 0);
    session.loaded("b", marks(late.sequence));
    session.offer(late, 0);
    session.offer(after, 0);
    expect(session.queue.take(MOST)).toEqual([others, after]);
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
    session.offer(event, 0);
    session.offer(inRegion("fen", { sequence: event.sequence }), 0);
    expect(session.queue.take(MOST)).toEqual([event]);
  });

  it("needs no snapshot when it looks at less", () => {
    const session = playersSession();
    session.look(asks({ regionIds: ["mill", "moor"] }), "with snapshots");
    session.loaded("a", marks(0));
    expect(session.look(asks({ regionIds: ["moor"] }), "with snapshots").fresh).toBeUndefined();
    expect(session.loading).toBe(false);
    session.offer(inRegion("mill"), 0);
    expect(session.queue.events).toBe(0);
  });

  it("hears its own events without looking at anything", () => {
    const session = playersSession("player:me");
    const own = seenEvent({ audience: { to: "players", players: ["player:me"] } });
    session.offer(own, 0);
    session.offer(seenEvent({ audience: { to: "players", players: ["player:you"] } }), 0);
    session.offer(seenEvent(), 0);
    expect(session.queue.take(MOST)).toEqual([own]);
  });
});
