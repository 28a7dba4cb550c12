import { LIMITS } from "./limits.ts";
import { type Audience, costOf, type SeenEvent } from "./seen-event.ts";

/**
 * Events in order, as several sessions get them alike: what can be said of all of them is found once, and what is
 * written of them is written once. Nobody changes one.
 */
export interface Parcel {
  readonly events: readonly SeenEvent[];
  /** What they cost in a queue. */
  readonly bytes: number;
  /** There is one among them that is neither coalescing nor bulk. */
  readonly transactional: boolean;
  /** There is one among them that may take an older one's place. */
  readonly coalesces: boolean;
  /** There is one among them that stays behind when there is too much. */
  readonly bulk: boolean;
  /** Their audiences, each once. */
  readonly audiences: readonly Audience[];
  /** The lowest sequence of each publisher among them. */
  readonly lowest: ReadonlyMap<string, number>;
}

export function parcelOf(events: readonly SeenEvent[]): Parcel {
  let bytes = 0;
  const audiences = new Map<string, Audience>();
  const lowest = new Map<string, number>();
  for (const event of events) {
    bytes += costOf(event);
    audiences.set(nameOf(event.audience), event.audience);
    const { publisher, sequence } = event;
    lowest.set(publisher, Math.min(lowest.get(publisher) ?? sequence, sequence));
  }
  return {
    events,
    bytes,
    transactional: events.some(({ coalesce, lane }) => !coalesce && lane !== "bulk"),
    coalesces: events.some(({ coalesce }) => coalesce),
    bulk: events.some(({ lane }) => lane === "bulk"),
    audiences: [...audiences.values()],
    lowest,
  };
}

/** The same events in parcels of which each fits into one batch; never nothing. */
export function inBatches(events: readonly SeenEvent[]): readonly Parcel[] {
  const parcels: Parcel[] = [];
  let first = 0;
  let bytes = 0;
  for (const [at, event] of events.entries()) {
    const cost = costOf(event);
    if (at > first && bytes + cost > LIMITS.tightBytes) {
      parcels.push(parcelOf(events.slice(first, at)));
      [first, bytes] = [at, 0];
    }
    bytes += cost;
  }
  return [...parcels, parcelOf(first === 0 ? events : events.slice(first))];
}

/** Of coalescing types the latest of each key, of the others all. */
export function latestOnly(events: readonly SeenEvent[]): readonly SeenEvent[] {
  const latest = new Set<string>();
  const kept: SeenEvent[] = [];
  for (const event of events.toReversed()) {
    if (event.coalesce) {
      const slot = `${event.type}\n${event.key}`;
      if (latest.has(slot)) continue;
      latest.add(slot);
    }
    kept.push(event);
  }
  return kept.reverse();
}

/** The same for audiences that are the same. */
export function nameOf(audience: Audience): string {
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
