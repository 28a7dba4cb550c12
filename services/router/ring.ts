import { matchesType } from "@orrery/service";
import type { Interest } from "./interest.ts";
import { LIMITS } from "./limits.ts";
import { createLine, type Line } from "./line.ts";
import { inBatches, latestOnly, type Parcel } from "./parcel.ts";
import { costOf, type SeenEvent } from "./seen-event.ts";
import { createStreams, type Place, type Stretch, type Streams } from "./streams.ts";

/**
 * The last client-visible events of a world, so that a client that was away for a moment misses nothing. It hears each
 * from a moment on; what was said before that is put in front when somebody needs it (past.ts).
 */
export interface Ring {
  /** A live event. @returns false when it came before */
  add(event: SeenEvent, nowMs: number): boolean;
  /** Puts events of stretches in front; what is here already is passed over. @param events in order of arrival */
  precede(stretches: readonly Stretch[], events: readonly SeenEvent[], nowMs: number): void;
  /**
   * What a client that stands there and looks at this still lacks, in order of arrival; `streams.lacks` is nothing. All
   * parcels but the last ones are the same for all who come back to the same within a moment, so that they are found and
   * written once; the last hold what came since that was found. Of very much, coalescing types are there with the latest
   * of each key alone.
   */
  after(place: Place, looks: Looks, nowMs: number): readonly Parcel[];
  readonly streams: Pick<Streams, "lacks" | "settle" | "settled" | "headsSince" | "early">;
  readonly bytes: number;
}

export interface Looks {
  readonly player: string;
  readonly interests: readonly Interest[];
}

/** An event at its place in the order of arrival; those put in front have lower ones. */
interface Kept {
  readonly event: SeenEvent;
  readonly place: number;
  readonly atMs: number;
}

/** What an event takes in memory beside its bytes: itself, its view of them, its place in three lines; measured, bytes. */
const AROUND = 350;
const heldFor = (event: SeenEvent) => costOf(event) + AROUND;

/** What was found is shared for so long. */
const SHARED_MS = 200;

export function createRing(): Ring {
  const all = createLine<Kept>();
  const bySubject = new Map<string, Line<Kept>>();
  const byPublisher = new Map<string, Line<Kept>>();
  const streams = createStreams();
  let bytes = 0;
  let nextPlace = 0;
  /** What was found of all below a place, for whoever asks within a moment. */
  const answers = new Map<string, readonly Parcel[]>();
  let answered = { below: 0, atMs: Number.NEGATIVE_INFINITY };

  const lineOf = (lines: Map<string, Line<Kept>>, name: string) => {
    let line = lines.get(name);
    if (line === undefined) lines.set(name, (line = createLine()));
    return line;
  };

  function drop(lines: Map<string, Line<Kept>>, name: string): void {
    const line = lines.get(name);
    line?.shift();
    if (line?.length === 0) lines.delete(name);
  }

  function trim(nowMs: number): void {
    while (all.length > 0) {
      const { event, atMs } = all.at(0);
      if (bytes <= LIMITS.ringBytes && nowMs - atMs <= LIMITS.ringMs) break;
      bytes -= heldFor(event);
      all.shift();
      drop(byPublisher, event.publisher);
      for (const subject of subjectsOf(event)) drop(bySubject, subject);
      streams.gone(event);
    }
  }

  /** Of each stream the place from which on it is lacked. */
  function beginnings({ marks, timeMs }: Place): ReadonlyMap<string, number> {
    const places = new Map<string, number>();
    for (const [publisher, line] of byPublisher) {
      const mark = marks.get(publisher);
      const first =
        mark === undefined
          ? line.firstWhere(({ event }) => event.timeMs >= timeMs)
          : line.firstWhere(({ event }) => event.sequence > mark);
      if (first < line.length) places.set(publisher, line.at(first).place);
    }
    return places;
  }

  /** What stands in these lines from these places on, below another, of the types that are looked at. */
  function find(
    from: ReadonlyMap<string, number>,
    below: number,
    lines: readonly Line<Kept>[],
    types: readonly string[] | undefined,
  ): readonly Parcel[] {
    const first = Math.min(...from.values());
    const found = new Set<Kept>();
    for (const line of lines)
      for (let at = line.firstWhere(({ place }) => place >= first); at < line.length; at++) {
        const kept = line.at(at);
        if (kept.place >= below) break;
        if (kept.place >= (from.get(kept.event.publisher) ?? Number.POSITIVE_INFINITY)) found.add(kept);
      }
    const kept = [...found];
    if (lines.length > 1) kept.sort((one, other) => one.place - other.place);
    const events = kept.map(({ event }) => event).filter((event) => isPicked(event, types));
    return inBatches(events.length > LIMITS.tightEvents ? latestOnly(events) : events);
  }

  /** What of the ring can concern somebody; undefined: all of it. */
  function subjectsFor({ player, interests }: Looks): readonly string[] | undefined {
    if (interests.some(({ allRegions }) => allRegions)) return undefined;
    const subjects = new Set([`player ${player}`]);
    for (const { regions, entities, world } of interests) {
      if (world) subjects.add("world");
      for (const region of regions) subjects.add(`region ${region}`);
      for (const entity of entities) subjects.add(`entity ${entity}`);
    }
    return [...subjects].filter((subject) => bySubject.has(subject)).sort();
  }

  const linesOf = (subjects: readonly string[] | undefined) =>
    subjects === undefined ? [all] : subjects.flatMap((subject) => bySubject.get(subject) ?? []);

  return {
    get bytes() {
      return bytes;
    },
    streams,
    add(event, nowMs) {
      const heard = streams.hear(event, nowMs);
      if (heard === "before") return false;
      // Put in front already: it is new to those who listen, not to the ring.
      if (heard === "early") return true;
      const kept = { event, place: nextPlace++, atMs: nowMs };
      all.push(kept);
      lineOf(byPublisher, event.publisher).push(kept);
      for (const subject of subjectsOf(event)) lineOf(bySubject, subject).push(kept);
      bytes += heldFor(event);
      trim(nowMs);
      return true;
    },
    precede(stretches, events, nowMs) {
      answers.clear();
      const older = inOrder(events.filter((event) => streams.isBefore(event, stretches)));
      const lowest = all.length === 0 ? nextPlace : all.at(0).place;
      const kept = older.map((event, at) => ({ event, place: lowest - older.length + at, atMs: nowMs }));
      all.precede(kept);
      for (const [publisher, some] of Map.groupBy(kept, ({ event }) => event.publisher))
        lineOf(byPublisher, publisher).precede(some);
      const named = kept.flatMap((one) => subjectsOf(one.event).map((subject) => ({ one, subject })));
      for (const [subject, some] of Map.groupBy(named, (pair) => pair.subject))
        lineOf(bySubject, subject).precede(some.map(({ one }) => one));
      for (const { event } of kept) bytes += heldFor(event);
      streams.reach(stretches, older);
      trim(nowMs);
    },
    after(place, looks, nowMs) {
      if (Math.abs(nowMs - answered.atMs) > SHARED_MS) {
        answers.clear();
        answered = { below: nextPlace, atMs: nowMs };
      }
      const { below } = answered;
      const from = [...beginnings(place)];
      const subjects = subjectsFor(looks);
      const types = typesFor(looks);
      const older = from.filter(([, first]) => first < below);
      const name = JSON.stringify([older, subjects, types]);
      let answer = answers.get(name);
      if (answer === undefined)
        answers.set(name, (answer = find(new Map(older), below, linesOf(subjects), types)));
      const newer = new Map(from.map(([publisher, first]) => [publisher, Math.max(first, below)]));
      return [...answer, ...find(newer, Number.POSITIVE_INFINITY, linesOf(subjects), types)];
    },
  };
}

/** Each stream in its own order and each event once, whatever the order in which frames arrived where they were kept. */
function inOrder(events: readonly SeenEvent[]): readonly SeenEvent[] {
  const sorted = new Map<string, Iterator<SeenEvent>>();
  for (const [publisher, own] of Map.groupBy(events, (event) => event.publisher)) {
    const ascending = own.sort((one, other) => one.sequence - other.sequence);
    sorted.set(
      publisher,
      ascending.filter((event, at) => event.sequence !== ascending[at - 1]?.sequence).values(),
    );
  }
  return events.flatMap(({ publisher }) => sorted.get(publisher)?.next().value ?? []);
}

/** What of the types can concern somebody; undefined: all of them. */
function typesFor({ interests }: Looks): readonly string[] | undefined {
  if (interests.some(({ types }) => types.length === 0)) return undefined;
  return [...new Set(interests.flatMap(({ types }) => types))].sort();
}

/** What is said to named players reaches them whatever they look at. */
const isPicked = ({ type, audience }: SeenEvent, types: readonly string[] | undefined): boolean =>
  types === undefined || audience.to === "players" || types.some((picked) => matchesType(picked, type));

function subjectsOf({ audience }: SeenEvent): readonly string[] {
  switch (audience.to) {
    case "world":
      return ["world"];
    case "region":
      return [`region ${audience.region}`];
    case "entity":
      return [`entity ${audience.entity}`];
    case "players":
      return audience.players.map((player) => `player ${player}`);
  }
}
