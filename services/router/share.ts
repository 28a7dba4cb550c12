import type { Interest } from "./interest.ts";
import { nameOf, type Parcel, parcelOf } from "./parcel.ts";
import type { SeenEvent } from "./seen-event.ts";
import type { Session } from "./session.ts";
import { createWatchers } from "./watchers.ts";

/** Of a world's sessions, served one after the other within a beat. */
export const SHARES = 10;

/**
 * A share of a world's sessions. What comes for them gathers here until they are served: a session is then looked at
 * once a beat and not once an event, of which there may be a hundred times more. Sessions for which the same came
 * are offered the same parcel.
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

/** A session, and what was found for it in the settlement that is under way. */
interface Member {
  readonly session: Session;
  found: Found | undefined;
}

export function createShare(): Share {
  const watchers = createWatchers<Member>();
  const members = new Map<Session, Member>();
  let came: SeenEvent[] = [];

  function settle(nowMs: number): void {
    if (came.length === 0) return;
    const events = came;
    came = [];
    const at = (place: number) => events[place] as SeenEvent;
    const nothing = createFound([]);
    const met: Member[] = [];
    for (const places of Map.groupBy(events.keys(), (place) => nameOf(at(place).audience)).values()) {
      for (const member of watchers.of(at(places[0] as number).audience)) {
        if (member.found === undefined) met.push(member);
        member.found = (member.found ?? nothing).and(places);
      }
    }
    for (const member of met) {
      const parcel = (member.found as Found).parcel(at);
      member.found = undefined;
      member.session.offer(parcel, nowMs);
    }
  }

  function memberOf(session: Session): Member {
    const known = members.get(session) ?? { session, found: undefined };
    members.set(session, known);
    return known;
  }

  return {
    add: (event) => void came.push(event),
    settle,
    enter(session, nowMs) {
      settle(nowMs);
      watchers.enter(memberOf(session), session.player);
    },
    looks(session, interest, instead, nowMs) {
      settle(nowMs);
      const member = memberOf(session);
      if (instead !== undefined) watchers.unwatch(member, instead);
      watchers.watch(member, interest);
    },
    looksAway: (session, interest) => watchers.unwatch(memberOf(session), interest),
    leave(session) {
      const member = memberOf(session);
      watchers.leave(member, session.player);
      for (const interest of session.interests()) watchers.unwatch(member, interest);
      members.delete(session);
    },
  };
}

/** Places of the events that came for some sessions: one object for all sessions for which the same came. */
interface Found {
  /** The same and those too. */
  and(places: readonly number[]): Found;
  parcel(at: (place: number) => SeenEvent): Parcel;
}

function createFound(lists: readonly (readonly number[])[]): Found {
  const further = new Map<readonly number[], Found>();
  let made: Parcel | undefined;
  return {
    and(places) {
      const known = further.get(places);
      if (known !== undefined) return known;
      const found = createFound([...lists, places]);
      further.set(places, found);
      return found;
    },
    parcel: (at) => (made ??= parcelOf([...lists.flat()].sort((one, other) => one - other).map(at))),
  };
}
