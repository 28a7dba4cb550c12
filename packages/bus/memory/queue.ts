import { OrreryError } from "@orrery/wire";
import type { Clock } from "../clock.ts";
import { busErrors } from "../errors.ts";
import { frameFilter } from "../filter.ts";
import type { FrameHead } from "@orrery/wire";
import type { SubscriptionSpec } from "../transport.ts";
import type { Entry } from "./entry.ts";
import type { Disorder, Faults } from "./faults.ts";
import { seededNumbers } from "./faults.ts";
import { createReadyList } from "./ready-list.ts";

/** How many places a delivery may overtake when disorder is on. */
const REORDER_WINDOW = 8;

export interface QueueTerms {
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly faults: Faults;
  readonly disorder: Disorder | undefined;
}

/** What one subscription has still to handle: ready, delayed or leased, and who its members are. */
export type Queue = ReturnType<typeof createQueue>;

export function createQueue(spec: SubscriptionSpec, terms: QueueTerms) {
  const { clock, leaseMs, faults, disorder } = terms;
  const random = disorder === undefined ? undefined : seededNumbers(disorder.seed);
  const ready = createReadyList();
  const delayed = new Set<Entry>();
  const leased = new Set<Entry>();
  const members: object[] = [];
  const wakers = new Set<() => void>();
  const heads = new Map<string, number>();
  let wants = frameFilter(spec);
  let active: object | undefined;
  let leases = 0;
  let bytes = 0;
  let blockedUntilMs = 0;
  let timer: AbortController | undefined;
  let timerAtMs = Infinity;

  const ordered = spec.order === "key";

  function wake(): void {
    for (const waker of [...wakers]) waker();
  }

  /** Arms one timer for the next moment at which a delay ends or a lease may have run out. */
  function arm(atMs: number): void {
    if (timer !== undefined && timerAtMs <= atMs) return;
    timer?.abort();
    const own = new AbortController();
    timer = own;
    timerAtMs = atMs;
    void clock.sleep(atMs - clock.now(), own.signal).then(() => {
      if (timer !== own) return;
      timer = undefined;
      timerAtMs = Infinity;
      if (!own.signal.aborted) sweep();
    });
  }

  function sweep(): void {
    const nowMs = clock.now();
    let nextMs = Infinity;
    for (const entry of delayed) {
      if (entry.notBeforeMs <= nowMs) {
        delayed.delete(entry);
        ready.putBack(entry);
      } else nextMs = Math.min(nextMs, entry.notBeforeMs);
    }
    for (const entry of leased) {
      const lease = entry.lease;
      if (lease === undefined) continue;
      if (lease.expiresMs <= nowMs) {
        if (ordered) handOver(lease.member);
        else giveBack(entry, 0);
      } else nextMs = Math.min(nextMs, lease.expiresMs);
    }
    if (blockedUntilMs > nowMs) nextMs = Math.min(nextMs, blockedUntilMs);
    if (nextMs < Infinity) arm(nextMs);
    wake();
  }

  function giveBack(entry: Entry, delayMs: number): void {
    leased.delete(entry);
    entry.lease = undefined;
    entry.attempt++;
    if (delayMs > 0) {
      entry.notBeforeMs = clock.now() + delayMs;
      if (ordered) blockedUntilMs = Math.max(blockedUntilMs, entry.notBeforeMs);
      delayed.add(entry);
      arm(entry.notBeforeMs);
    } else ready.putBack(entry);
  }

  /** Takes everything from `member`; the next in line becomes active. */
  function handOver(member: object): void {
    for (const entry of [...leased]) if (entry.lease?.member === member) giveBack(entry, 0);
    if (active === member) {
      const at = members.indexOf(member);
      active = members[(at + 1) % Math.max(members.length, 1)];
    }
    wake();
  }

  function lease(entry: Entry, member: object): Entry {
    const expiresMs = clock.now() + leaseMs;
    entry.lease = { id: `${spec.id}#${++leases}`, member, expiresMs };
    leased.add(entry);
    if (timer === undefined || expiresMs < timerAtMs) arm(expiresMs);
    return entry;
  }

  function enqueue(frame: Uint8Array, head: FrameHead, ordinal: number, how: Partial<Entry> = {}): void {
    const entry: Entry = {
      frame,
      head,
      ordinal,
      requeued: how.requeued ?? false,
      generation: how.generation ?? 0,
      attempt: how.attempt ?? 1,
      notBeforeMs: how.notBeforeMs ?? 0,
      lease: undefined,
    };
    bytes += frame.length;
    if (!entry.requeued && head.lastSequence > (heads.get(head.publisher) ?? 0)) {
      heads.set(head.publisher, head.lastSequence);
    }
    if (entry.notBeforeMs > clock.now()) {
      delayed.add(entry);
      arm(entry.notBeforeMs);
    } else ready.push(entry);
    if (wakers.size > 0) wake();
  }

  /** The lease under which `entry` was given out, if it still holds. */
  function held(entry: Entry, leaseId: string): void {
    if (entry.lease?.id === leaseId && faults.lease?.(leaseId)) {
      if (ordered) handOver(entry.lease.member);
      else giveBack(entry, 0);
      wake();
    }
    if (entry.lease?.id !== leaseId) throw new OrreryError(busErrors.BUS_LEASE_LOST, { given: leaseId });
  }

  return {
    spec,
    wants: (head: FrameHead) => wants(head),
    /** Takes over new types and worlds, as the next release may ask for more. */
    wantAlso(next: SubscriptionSpec): void {
      wants = frameFilter(next);
    },
    enqueue,
    heads,
    ready,
    delayed,
    leased,
    get bytes() {
      return bytes;
    },
    get members() {
      return members.length;
    },
    isActive: (member: object) => !ordered || active === member,
    join(member: object): void {
      members.push(member);
      active ??= member;
    },
    leave(member: object): void {
      handOver(member);
      members.splice(members.indexOf(member), 1);
      if (active === member) active = members[0];
      wake();
    },
    take(member: object, maxFrames: number, maxBytes: number): Entry[] {
      const taken: Entry[] = [];
      if (ordered && (active !== member || blockedUntilMs > clock.now())) return taken;
      let room = maxBytes;
      while (taken.length < maxFrames) {
        const next = ready.peek();
        if (next === undefined || next.frame.length > room) break;
        let entry = next;
        if (random !== undefined && disorder !== undefined) {
          const overtakes = !ordered && random() < disorder.reorder;
          const place = overtakes ? Math.floor(random() * Math.min(REORDER_WINDOW, ready.size)) : 0;
          entry = ready.takeAt(place) as Entry;
          if (entry.frame.length > room) {
            ready.putBack(entry);
            break;
          }
          if (random() < disorder.duplicate) {
            bytes += entry.frame.length;
            disorder.doubled?.();
            ready.putBack({ ...entry, lease: undefined });
          }
        } else ready.shift();
        room -= entry.frame.length;
        taken.push(lease(entry, member));
      }
      return taken;
    },
    settle(entry: Entry, leaseId: string): void {
      held(entry, leaseId);
      leased.delete(entry);
      entry.lease = undefined;
      bytes -= entry.frame.length;
    },
    delay(entry: Entry, leaseId: string, ms: number): void {
      held(entry, leaseId);
      giveBack(entry, ms);
      wake();
    },
    renew(entry: Entry, leaseId: string): number {
      held(entry, leaseId);
      const expiresMs = clock.now() + leaseMs;
      if (entry.lease !== undefined) entry.lease.expiresMs = expiresMs;
      return expiresMs;
    },
    /** Resolves at the next change; `signal` ends the wait. */
    changed: (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const done = () => {
          wakers.delete(done);
          signal.removeEventListener("abort", done);
          resolve();
        };
        wakers.add(done);
        signal.addEventListener("abort", done, { once: true });
      }),
    close(): void {
      timer?.abort();
      timer = undefined;
      wake();
    },
  };
}
