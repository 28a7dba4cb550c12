import { LIMITS } from "./limits.ts";
import { latestOnly, type Parcel, parcelOf } from "./parcel.ts";
import { costOf, type SeenEvent } from "./seen-event.ts";

/**
 * What waits for one client. In order; once it is tight, an event whose type coalesces takes the place of the
 * older one of its key, and bulk stays behind. Transactional events are never dropped.
 */
export interface Queue {
  readonly events: number;
  readonly bytes: number;
  readonly coalesced: number;
  /** Of the bytes those that wait for another reason than that the client reads slowly. */
  readonly excusedBytes: number;
  /** When the oldest transactional event was queued, Unix ms; Infinity when none waits. */
  oldestMs(): number;
  push(parcel: Parcel, nowMs: number): void;
  /** All that waits now is what the client missed while it was away, or while it was sent its snapshots. */
  excuse(): void;
  /** Drops what nobody wants any more. */
  keep(wanted: (event: SeenEvent) => boolean): void;
  /** Takes what fits, in order: the very parcel, if there is just one or it is a batch by itself. */
  take(maxBytes: number): Parcel;
}

export const createQueue = (): Queue => new ParcelQueue();

/** What was queued at once; never nothing. */
interface Waiting {
  readonly parcel: Parcel;
  readonly sinceMs: number;
}

/** So many events are a batch by themselves: others may get the very same. */
const OWN_BATCH = 32;

/** A class for its speed: each session's is looked at in every beat. */
class ParcelQueue implements Queue {
  events = 0;
  bytes = 0;
  coalesced = 0;
  excusedBytes = 0;
  /** What waits longest, and what came behind it: mostly one is handed on before the next one comes. */
  #first: Parcel | undefined;
  #firstMs = 0;
  #others: Waiting[] = [];
  #nextTightening: number = LIMITS.tightEvents;

  oldestMs(): number {
    if (this.#first?.transactional) return this.#firstMs;
    const oldest = this.#others.find(({ parcel }) => parcel.transactional);
    return oldest?.sinceMs ?? Number.POSITIVE_INFINITY;
  }

  push(parcel: Parcel, nowMs: number): void {
    if (parcel.events.length === 0) return;
    if (this.#first === undefined) {
      this.#first = parcel;
      this.#firstMs = nowMs;
      // Whoever has read everything is not slow for a burst.
      this.excusedBytes = parcel.bytes;
    } else this.#others.push({ parcel, sinceMs: nowMs });
    this.events += parcel.events.length;
    this.bytes += parcel.bytes;
    const heavy = this.bytes > LIMITS.tightBytes && this.events > 1 && parcel.coalesces;
    if (heavy || this.events > this.#nextTightening) this.#tighten();
  }

  excuse(): void {
    this.excusedBytes = this.bytes;
  }

  keep(wanted: (event: SeenEvent) => boolean): void {
    const left = this.#waiting().flatMap(({ parcel, sinceMs }) => {
      const events = parcel.events.filter(wanted);
      if (events.length === 0) return [];
      return [{ parcel: events.length === parcel.events.length ? parcel : parcelOf(events), sinceMs }];
    });
    const [first, ...others] = left;
    this.#first = first?.parcel;
    this.#firstMs = first?.sinceMs ?? 0;
    this.#others = others;
    this.events = left.reduce((sum, { parcel }) => sum + parcel.events.length, 0);
    this.bytes = left.reduce((sum, { parcel }) => sum + parcel.bytes, 0);
    this.excusedBytes = Math.min(this.bytes, this.excusedBytes);
  }

  take(maxBytes: number): Parcel {
    const parcel = this.#take(maxBytes);
    this.excusedBytes = Math.min(this.bytes, Math.max(0, this.excusedBytes - parcel.bytes));
    return parcel;
  }

  #take(maxBytes: number): Parcel {
    const first = this.#first;
    const tight = this.events > LIMITS.tightEvents || this.bytes > LIMITS.tightBytes;
    if (first !== undefined && first.events.length >= OWN_BATCH && first.bytes <= maxBytes)
      if (!tight || !first.bulk) return this.#takeFirst(first);
    const taken = !tight && this.bytes <= maxBytes ? this.#takeAll() : this.#takeSome(maxBytes, !tight);
    this.#nextTightening = Math.max(LIMITS.tightEvents, 2 * this.events);
    return taken;
  }

  #takeFirst(first: Parcel): Parcel {
    const second = this.#others.shift();
    this.#first = second?.parcel;
    this.#firstMs = second?.sinceMs ?? 0;
    this.events -= first.events.length;
    this.bytes -= first.bytes;
    this.#nextTightening = Math.max(LIMITS.tightEvents, 2 * this.events);
    return first;
  }

  #takeAll(): Parcel {
    const only = this.#others.length === 0 ? this.#first : undefined;
    const taken = only ?? parcelOf(this.#all());
    this.#first = undefined;
    if (only === undefined) this.#others = [];
    this.events = 0;
    this.bytes = 0;
    return taken;
  }

  #takeSome(maxBytes: number, withBulk: boolean): Parcel {
    const going = new Set<SeenEvent>();
    let size = 0;
    for (const event of this.#all()) {
      if (!withBulk && event.lane === "bulk") continue;
      size += costOf(event);
      if (going.size > 0 && size > maxBytes) break;
      going.add(event);
    }
    this.keep((event) => !going.has(event));
    return parcelOf([...going]);
  }

  #tighten(): void {
    const before = this.events;
    const kept = new Set(latestOnly(this.#all()));
    this.coalesced += before - kept.size;
    if (kept.size < before) this.keep((event) => kept.has(event));
    this.#nextTightening = Math.max(LIMITS.tightEvents, 2 * this.events);
  }

  #waiting(): Waiting[] {
    const first = this.#first;
    return first === undefined ? [] : [{ parcel: first, sinceMs: this.#firstMs }, ...this.#others];
  }

  #all(): SeenEvent[] {
    return this.#waiting().flatMap(({ parcel }) => parcel.events);
  }
}
