import type { Interest } from "./interest.ts";
import { type Parcel, parcelOf } from "./parcel.ts";
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
  enter(session: Session): void;
  looks(session: Session, interest: Interest, instead: Interest | undefined, nowMs: number): void;
  looksAway(session: Session, interest: Interest): void;
  leave(session: Session): void;
}

/** A session, and what was found for it in the settlement that is under way. */
interface Member {
  readonly session: Session;
  /** Of what came since the last settlement it hears all from this place on: 0, unless it is new. */
  from: number;
  found: Found | undefined;
}

export function createShare(): Share {
  const watchers = createWatchers<Member>();
  const members = new Map<Session, Member>();
  let came: SeenEvent[] = [];
  let newcomers: Member[] = [];

  function settle(nowMs: number): void {
    if (came.length === 0) return;
    const events = came;
    came = [];
    const at = (place: number) => events[place] as SeenEvent;
    const nothing = createFound([]);
    const met: Member[] = [];
    // By the audience itself, of which there is one for each region: a name for each event would cost most of this.
    for (const places of Map.groupBy(events.keys(), (place) => at(place).audience).values()) {
      for (const member of watchers.of(at(places[0] as number).audience)) {
        if (member.found === undefined) met.push(member);
        member.found = (member.found ?? nothing).and(places);
      }
    }
    for (const member of met) {
      const parcel = (member.found as Found).parcel(at, member.from);
      member.found = undefined;
      member.session.offer(parcel, nowMs);
    }
    for (const newcomer of newcomers) newcomer.from = 0;
    newcomers = [];
  }

  function memberOf(session: Session): Member {
    const known = members.get(session) ?? { session, from: 0, found: undefined };
    members.set(session, known);
    return known;
  }

  return {
    add: (event) => void came.push(event),
    settle,
    enter(session) {
      const member = memberOf(session);
      member.from = came.length;
      if (member.from > 0) newcomers.push(member);
      watchers.enter(member, session.player);
    },
    looks(session, interest, instead, nowMs) {
      const member = memberOf(session);
      // What came before concerns it by what it looked at then; who is new has heard nothing of it.
      if (member.from < came.length) settle(nowMs);
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
  /** Those from a place on. */
  parcel(at: (place: number) => SeenEvent, from: number): Parcel;
}

function createFound(lists: readonly (readonly number[])[]): Found {
  const further = new Map<readonly number[], Found>();
  const made = new Map<number, Parcel>();
  return {
    and(places) {
      const known = further.get(places);
      if (known !== undefined) return known;
      const found = createFound([...lists, places]);
      further.set(places, found);
      return found;
    },
    parcel(at, from) {
      let parcel = made.get(from);
      if (parcel === undefined) {
        const places = lists.flat().filter((place) => place >= from);
        made.set(from, (parcel = parcelOf(places.sort((one, other) => one - other).map(at))));
      }
      return parcel;
    },
  };
}
