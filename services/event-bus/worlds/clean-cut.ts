import { IntakeCommitted, type JournalEvent } from "@orrery/schema/bus/v1";
import type { Found, Reader } from "../journal/read.ts";

/** Looked at before and behind the place asked for: commits are together within less, those of a skip included. */
const WINDOW = { before: 4_000, behind: 3_000 } as const;
const EVERYTHING = {
  $typeName: "bus.v1.EventFilter" as const,
  types: [],
  keys: [],
  entities: [],
  services: [],
  fromMs: 0,
  toMs: 0,
};

/** A commit's first and last trace in the journal: what it emitted, took in late, and its own record. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Places at which no commit is half in the journal: a writer's state there and what the journal has of it agree. */
export interface CleanPlaces {
  /** The last one not after the place looked at. */
  readonly before: number;
  /** The first one not before it; undefined: none is there yet. */
  readonly behind: number | undefined;
}

/** What a writer emitted without a record behind it (yet) counts as half. */
export async function cleanPlaces(
  reader: Reader,
  world: string,
  position: number,
  newest: number,
): Promise<CleanPlaces> {
  const { events } = await reader.page({
    world,
    filter: EVERYTHING,
    after: Math.max(0, position - WINDOW.before),
    newest: Math.min(newest, position + WINDOW.behind),
    newestFirst: false,
    limit: WINDOW.before + WINDOW.behind,
  });
  const spans = spansOf(events);
  const across = (place: number) => spans.find(({ from, to }) => from <= place && place < to);
  let [before, behind] = [position, position];
  for (let span = across(before); span !== undefined; span = across(before)) before = span.from - 1;
  for (let span = across(behind); span !== undefined; span = across(behind)) behind = span.to;
  return { before, behind: behind <= newest ? behind : undefined };
}

function spansOf(events: readonly Found[]): Span[] {
  const places = new Map<string, number>();
  const nameOf = (publisher: string, sequence: number) => `${publisher}/${sequence}`;
  for (const { id, ordinal } of events) places.set(nameOf(id?.publisher ?? "", id?.sequence ?? 0), ordinal);

  const spans: Span[] = [];
  /** Of each writer the last sequence that a record here tells of. */
  const recorded = new Map<string, number>();
  for (const event of events) {
    if (event.type !== IntakeCommitted.typeName) continue;
    const { items, emitted } = IntakeCommitted.decode(event.payload as JournalEvent["payload"]);
    let [from, to] = [event.ordinal, event.ordinal];
    for (const { publisher, first, count } of emitted) {
      recorded.set(publisher, Math.max(recorded.get(publisher) ?? 0, first + count - 1));
      for (let sequence = first; sequence < first + count; sequence++) {
        const place = places.get(nameOf(publisher, sequence));
        if (place === undefined) continue;
        [from, to] = [Math.min(from, place), Math.max(to, place)];
      }
    }
    for (const { item } of items) {
      if (item.case !== "run") continue;
      const place = places.get(nameOf(item.value.publisher, item.value.first + item.value.count - 1));
      if (place !== undefined) to = Math.max(to, place);
    }
    spans.push({ from, to });
  }
  // Records come in the order of what they tell of. One that lies before the window tells of nothing behind these.
  for (const { id, ordinal } of events) {
    const last = recorded.get(id?.publisher ?? "");
    if (last !== undefined && (id?.sequence ?? 0) > last)
      spans.push({ from: ordinal, to: Number.POSITIVE_INFINITY });
  }
  return spans;
}
