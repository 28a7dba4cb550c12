import { busErrors, type Clock, type Delivery, frameFilter } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import type { Msg } from "@nats-io/transport-node";
import type { SubscriptionSpec } from "@orrery/bus";
import { deliveryFacts, readHead } from "./frame-message.ts";
import type { Progress } from "./ownership.ts";
import type { SameFrames } from "@orrery/bus/internal";

interface Item {
  readonly stream: string;
  readonly sequence: number;
  readonly frame: Uint8Array;
  attempt: number;
  /** Counts its leases; a delivery of an earlier one is void. */
  lease: number;
  out: boolean;
  expiresMs: number;
}

/**
 * What an owner that died had begun may not have been written down: that many frames behind the floor count as
 * tried, so that one that kills its process does not come for the first time for ever.
 */
const SUSPECTS = 16;

interface OfStream {
  /** Frames received so far. */
  count: number;
  /** Received and not settled, in order of the stream. */
  readonly open: Map<number, Item>;
  highest: number;
}

export interface StretchTerms {
  readonly spec: SubscriptionSpec;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly begin: Progress;
  /** Whether this member is still the active one. */
  holds(): boolean;
  changed(): void;
  wake(): void;
}

/** What the active member of an ordered subscription has, from taking over until it loses or leaves it. */
export type Stretch = ReturnType<typeof createStretch>;

export function createStretch({ spec, clock, leaseMs, begin, holds, changed, wake }: StretchTerms) {
  const wants = frameFilter(spec);
  const streams = new Map<string, OfStream>();
  let ready: Item[] = [];
  let blockedUntilMs = 0;
  let leases = 0;

  function of(stream: string): OfStream {
    let found = streams.get(stream);
    if (found === undefined) {
      found = { count: 0, open: new Map(), highest: begin.floors[stream] ?? 0 };
      streams.set(stream, found);
    }
    return found;
  }

  function leave(item: Item): void {
    of(item.stream).open.delete(item.sequence);
    changed();
  }

  function putBack(item: Item): void {
    item.out = false;
    item.attempt++;
    const at = ready.findIndex((one) => one.stream === item.stream && one.sequence > item.sequence);
    if (at < 0) ready.push(item);
    else ready.splice(at, 0, item);
  }

  function delivery(item: Item): Delivery {
    const lease = (item.lease = ++leases);
    const leaseId = `${spec.id}#${item.stream}/${item.sequence}#${lease}`;
    item.out = true;
    item.expiresMs = clock.now() + leaseMs;
    function held(): void {
      if (holds() && item.out && item.lease === lease) return;
      throw new OrreryError(busErrors.BUS_LEASE_LOST, { given: leaseId });
    }
    return {
      frame: item.frame,
      attempt: item.attempt,
      generation: 0,
      leaseId,
      leaseExpiresMs: item.expiresMs,
      settle() {
        try {
          held();
        } catch (error) {
          return Promise.reject(error);
        }
        item.out = false;
        leave(item);
        return undefined;
      },
      async delay(ms) {
        held();
        putBack(item);
        blockedUntilMs = Math.max(blockedUntilMs, clock.now() + ms);
        changed();
        if (ms > 0) void clock.sleep(ms).then(wake);
        wake();
      },
      async renew() {
        held();
        return (item.expiresMs = clock.now() + leaseMs);
      },
    };
  }

  return {
    received(stream: string, message: Msg, recent: SameFrames): void {
      const { sequence, place } = deliveryFacts(message);
      const mine = of(stream);
      // A reader that was made again may begin with what is here already.
      if (sequence <= mine.highest) return;
      mine.highest = sequence;
      const head = readHead(message.headers);
      if (head !== undefined && !wants(head)) return changed();
      const crashes = ++mine.count <= SUSPECTS ? begin.crashes : 0;
      const attempt = Math.max(begin.tries[stream]?.[sequence] ?? 1, 1 + crashes);
      const frame = recent.same(place, message.data);
      const item = { stream, sequence, frame, attempt, lease: 0, out: false, expiresMs: 0 };
      mine.open.set(sequence, item);
      ready.push(item);
      wake();
    },
    /** The highest place received, to read on from. */
    highest: (stream: string): number | undefined => {
      const highest = streams.get(stream)?.highest ?? begin.floors[stream] ?? 0;
      return highest > 0 ? highest : undefined;
    },
    take(maxFrames: number, maxBytes: number): Delivery[] {
      const taken: Delivery[] = [];
      if (!holds() || blockedUntilMs > clock.now()) return taken;
      let room = maxBytes;
      let at = 0;
      for (; at < ready.length && taken.length < maxFrames; at++) {
        const item = ready[at] as Item;
        if (item.frame.length > room && (taken.length > 0 || item.frame.length <= maxBytes)) break;
        room -= item.frame.length;
        taken.push(delivery(item));
      }
      if (at > 0) {
        ready = ready.slice(at);
        changed();
      }
      return taken;
    },
    blocked: () => blockedUntilMs > clock.now(),
    /** Something handed out was not renewed in time. */
    stuck(): boolean {
      const nowMs = clock.now();
      for (const { open } of streams.values()) {
        for (const item of open.values()) if (item.out && item.expiresMs <= nowMs) return true;
      }
      return false;
    },
    /** `leaving`: what is handed out counts as handed back. */
    progress(leaving: boolean): Progress {
      const floors: Record<string, number> = { ...begin.floors };
      const tries: Record<string, Record<string, number>> = {};
      for (const [stream, { open, highest }] of streams) {
        const [lowest] = open.keys();
        if (lowest !== undefined) floors[stream] = lowest - 1;
        else if (highest > 0) floors[stream] = highest;
        const here: Record<string, number> = {};
        for (const item of open.values()) {
          const attempt = item.attempt + (item.out && leaving ? 1 : 0);
          if (item.out || attempt > 1) here[item.sequence] = attempt;
        }
        if (Object.keys(here).length > 0) tries[stream] = here;
      }
      const moved = Object.entries(floors).some(([stream, floor]) => floor !== (begin.floors[stream] ?? 0));
      return { floors, tries, crashes: moved ? 0 : begin.crashes };
    },
  };
}
