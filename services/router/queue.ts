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

interface Entry {
  event: SeenEvent;
  readonly queuedMs: number;
}

export function createQueue(): Queue {
  let entries: Entry[] = [];
  let bytes = 0;
  let coalesced = 0;

  function tighten(): void {
    const latest = new Set<string>();
    const kept: Entry[] = [];
    for (let at = entries.length - 1; at >= 0; at--) {
      const entry = entries[at] as Entry;
      if (entry.event.coalesce) {
        const slot = `${entry.event.type}\n${entry.event.key}`;
        if (latest.has(slot)) {
          bytes -= costOf(entry.event);
          coalesced += 1;
          continue;
        }
        latest.add(slot);
      }
      kept.push(entry);
    }
    entries = kept.reverse();
    nextTightening = Math.max(LIMITS.tightEvents, 2 * entries.length);
  }
  let nextTightening: number = LIMITS.tightEvents;

  return {
    get events() {
      return entries.length;
    },
    get bytes() {
      return bytes;
    },
    get coalesced() {
      return coalesced;
    },
    oldestMs() {
      const oldest = entries.find((entry) => !entry.event.coalesce && entry.event.lane !== "bulk");
      return oldest?.queuedMs ?? Number.POSITIVE_INFINITY;
    },
    push(event, nowMs) {
      entries.push({ event, queuedMs: nowMs });
      bytes += costOf(event);
      if (
        entries.length > nextTightening ||
        (bytes > LIMITS.tightBytes && entries.length > 1 && event.coalesce)
      )
        tighten();
    },
    keep(wanted) {
      entries = entries.filter(({ event }) => wanted(event));
      bytes = entries.reduce((sum, { event }) => sum + costOf(event), 0);
    },
    take(maxBytes) {
      const tight = entries.length > LIMITS.tightEvents || bytes > LIMITS.tightBytes;
      const taken: SeenEvent[] = [];
      const left: Entry[] = [];
      let size = 0;
      let full = false;
      for (const entry of entries) {
        const cost = costOf(entry.event);
        full ||= taken.length > 0 && size + cost > maxBytes;
        if (full || (tight && entry.event.lane === "bulk")) {
          left.push(entry);
        } else {
          size += cost;
          taken.push(entry.event);
        }
      }
      entries = left;
      bytes -= size;
      nextTightening = Math.max(LIMITS.tightEvents, 2 * entries.length);
      return taken;
    },
  };
}
