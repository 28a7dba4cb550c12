import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concerns, type Interest } from "./interest.ts";
import type { SeenEvent } from "./seen-event.ts";
import type { Session } from "./session.ts";
import { createShare } from "./share.ts";
import { asks, inRegion, playersSession, seenEvent } from "./testing.ts";

const MOST = 1_000_000;
const NAMES = ["a", "b", "c"];
const audiences: fc.Arbitrary<SeenEvent["audience"]> = fc.oneof(
  fc.constant({ to: "world" } as const),
  fc.record({ to: fc.constant("region" as const), region: fc.constantFrom(...NAMES) }),
  fc.record({ to: fc.constant("entity" as const), entity: fc.constantFrom(...NAMES) }),
  fc.record({ to: fc.constant("players" as const), players: fc.subarray(NAMES) }),
);

function watching(player: string, regionIds: readonly string[], entityIds: readonly string[] = []): Session {
  const session = playersSession(player);
  session.look(asks({ regionIds: [...regionIds], entityIds: [...entityIds] }), "where the cursor is");
  return session;
}

describe("a share of the sessions", () => {
  it("gives each session what concerns it, once and in order, however often it is settled", () => {
    const looks = fc.record({ regions: fc.subarray(NAMES), entities: fc.subarray(NAMES) });
    const steps = fc.array(fc.record({ audience: audiences, settles: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(looks, { minLength: 1, maxLength: 3 }), steps, (given, moves) => {
        const share = createShare();
        const sessions = given.map(({ regions, entities }, at) =>
          watching(NAMES[at] as string, regions, entities),
        );
        for (const session of sessions) {
          share.enter(session);
          for (const interest of session.interests()) share.looks(session, interest, undefined, 0);
        }
        const events = moves.map(({ audience, settles }) => {
          const event = seenEvent({ audience });
          share.add(event);
          if (settles) share.settle(0);
          return event;
        });
        share.settle(0);
        for (const session of sessions) {
          const [interest] = session.interests() as [Interest];
          const own = ({ audience }: SeenEvent) =>
            audience.to === "players" && audience.players.includes(session.player);
          const expected = events.filter((event) => own(event) || concerns(interest, event));
          expect(session.queue.take(MOST).events).toEqual(expected);
        }
      }),
    );
  });

  it("gives a session nothing that came before it looked", () => {
    const share = createShare();
    const early = watching("early", ["a"]);
    const late = watching("late", ["a"]);
    const begin = (session: Session) => {
      share.enter(session);
      for (const interest of session.interests()) share.looks(session, interest, undefined, 0);
    };
    begin(early);
    const [before, after] = [inRegion("a"), inRegion("a")];
    share.add(before);
    begin(late);
    share.add(after);
    share.settle(0);
    expect(early.queue.take(MOST).events).toEqual([before, after]);
    expect(late.queue.take(MOST).events).toEqual([after]);
    share.leave(late);
    share.add(inRegion("a"));
    share.settle(0);
    expect(late.queue.events).toBe(0);
  });

  it("offers the same parcel to all for whom the same came, and its own to who looks at more", () => {
    const share = createShare();
    const sessions = [watching("x", ["a"]), watching("y", ["a"]), watching("z", ["a", "b"])];
    for (const session of sessions) {
      share.enter(session);
      for (const interest of session.interests()) share.looks(session, interest, undefined, 0);
    }
    const events = [inRegion("b"), inRegion("a"), seenEvent(), inRegion("b")];
    for (const event of events) share.add(event);
    share.settle(0);
    const [one, other, more] = sessions.map(({ queue }) => queue.take(MOST));
    expect(one).toBe(other);
    expect(one?.events).toEqual(events.slice(1, 3));
    expect(more?.events).toEqual(events);
  });
});
