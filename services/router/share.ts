import type { Interest } from "./interest.ts";
import type { Audience, SeenEvent } from "./seen-event.ts";
import type { Session } from "./session.ts";
import { createWatchers } from "./watchers.ts";

/** Of a world's sessions, served one after the other within a beat. */
export const SHARES = 4;

/**
 * A share of a world's sessions. What comes for them gathers here until they are served: a session is then looked at
 * once a beat and not once an event, of which there may be a hundred times more.
 */
export interface Share {
  add(event: SeenEvent): void;
  /** Offers each session what came for it, in the order in which it came. */
  settle(nowMs: number): void;
  /** A session begins to hear what it looks at: nothing that came before. */
  enter(session: Session, nowMs: number): void;
  looks(session: Session, interest: Interest, instead: Interest | undefined, nowMs: number): void;
  looksAway(session: Session, interest: Interest): void;
  leave(session: Session): void;
}

export function createShare(): Share {
  const watchers = createWatchers<Session>();
  let came: SeenEvent[] = [];

  function settle(nowMs: number): void {
    if (came.length === 0) return;
    const events = came;
    came = [];
    const at = (place: number) => events[place] as SeenEvent;
    const found = new Map<Session, number[][]>();
    for (const places of Map.groupBy(events.keys(), (place) => nameOf(at(place).audience)).values()) {
      for (const session of watchers.of(at(places[0] as number).audience)) {
        const lists = found.get(session);
        if (lists === undefined) found.set(session, [places]);
        else lists.push(places);
      }
    }
    for (const [session, lists] of found) {
      const [only] = lists;
      const places = only && lists.length === 1 ? only : lists.flat().sort((one, other) => one - other);
      for (const place of places) session.offer(at(place), nowMs);
    }
  }

  return {
    add: (event) => void came.push(event),
    settle,
    enter(session, nowMs) {
      settle(nowMs);
      watchers.enter(session, session.player);
    },
    looks(session, interest, instead, nowMs) {
      settle(nowMs);
      if (instead !== undefined) watchers.unwatch(session, instead);
      watchers.watch(session, interest);
    },
    looksAway: (session, interest) => watchers.unwatch(session, interest),
    leave(session) {
      watchers.leave(session, session.player);
      for (const interest of session.interests()) watchers.unwatch(session, interest);
    },
  };
}

/** The same for audiences that are the same. */
function nameOf(audience: Audience): string {
  switch (audience.to) {
    case "world":
      return "world";
    case "region":
      return `region ${audience.region}`;
    case "entity":
      return `entity ${audience.entity}`;
    case "players":
      return `players ${audience.players.join(" ")}`;
  }
}
