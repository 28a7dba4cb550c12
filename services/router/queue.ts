import { LIMITS } from "./limits.ts";
import { costOf, type SeenEvent } from "./seen-event.ts";

/**
 * What waits for one client. In order; once it is tight, an event whose type coalesces takes the place of the
 * older one of its key, and bulk stays behind. Transactional events are never dropped.
 */
export interface Queue {
  readonly events: number;
  readonly bytes: number;
  readonly coalesced: number;
  /** When the oldest transactional event was queued, Unix ms; Infinity when none waits. */
  oldestMs(): number;
  push(event: SeenEvent, nowMs: number): void;
  /** Drops what nobody wants any more. */
  keep(wanted: (event: SeenEvent) => boolean): void;
  /** Takes what fits, in order. */
  take(maxBytes: number): SeenEvent[];
}

export function createQueue(): Queue {
  let waiting: SeenEvent[] = [];
  /** When each was queued, Unix ms: beside them, as most are handed on at once. */
  let since: number[] = [];
  let bytes = 0;
  let coalesced = 0;

  function tighten(): void {
    const latest = new Set<string>();
    const dropped = new Set<SeenEvent>();
    for (const event of waiting.toReversed()) {
      if (!event.coalesce) continue;
      const slot = `${event.type}\n${event.key}`;
      if (latest.has(slot)) dropped.add(event);
      else latest.add(slot);
    }
    coalesced += dropped.size;
    keepWhere((event) => !dropped.has(event));
    nextTightening = Math.max(LIMITS.tightEvents, 2 * waiting.length);
  }
  function keepWhere(wanted: (event: SeenEvent) => boolean): void {
    since = since.filter((_, at) => wanted(waiting[at] as SeenEvent));
    waiting = waiting.filter(wanted);
    bytes = waiting.reduce((sum, event) => sum + costOf(event), 0);
  }
  let nextTightening: number = LIMITS.tightEvents;

  return {
    get events() {
      return waiting.length;
    },
    get bytes() {
      return bytes;
    },
    get coalesced() {
      return coalesced;
    },
    oldestMs() {
      const oldest = waiting.findIndex(({ coalesce, lane }) => !coalesce && lane !== "bulk");
      return since[oldest] ?? Number.POSITIVE_INFINITY;
    },
    push(event, nowMs) {
      waiting.push(event);
      since.push(nowMs);
      bytes += costOf(event);
      if (
        waiting.length > nextTightening ||
        (bytes > LIMITS.tightBytes && waiting.length > 1 && event.coalesce)
      )
        tighten();
    },
    keep: keepWhere,
    take(maxBytes) {
      const tight = waiting.length > LIMITS.tightEvents || bytes > LIMITS.tightBytes;
      let taken: SeenEvent[] = [];
      if (!tight && bytes <= maxBytes) {
        taken = waiting;
        waiting = [];
        since = [];
        bytes = 0;
      } else {
        const going = new Set<SeenEvent>();
        let size = 0;
        for (const event of waiting) {
          if (tight && event.lane === "bulk") continue;
          size += costOf(event);
          if (going.size > 0 && size > maxBytes) break;
          going.add(event);
        }
        taken = waiting.filter((event) => going.has(event));
        keepWhere((event) => !going.has(event));
      }
      nextTightening = Math.max(LIMITS.tightEvents, 2 * waiting.length);
      return taken;
    },
  };
}
