import type { Message } from "@aws-sdk/client-sqs";
import { type Clock, type Consumer, type Delivery, frameFilter, frameHead } from "@orrery/bus";
import type { FrameHead, OrreryError } from "@orrery/wire";
import { createBackoff } from "./backoff.ts";
import { coded } from "./fault.ts";
import type { Heads } from "./heads.ts";
import type { Inbox } from "./inbox.ts";
import type { Known } from "./known.ts";
import { createLease, type Lease } from "./lease.ts";
import { LIMITS } from "./limits.ts";
import type { Ownership, OwnershipTerms } from "./ownership.ts";
import { isRequeued } from "./message.ts";
import { isMissing } from "./queues.ts";
import { createWaker } from "@orrery/bus/internal";

/** Receives at a time when one after the other comes back full. */
const MOST_POLLS = 4;
const FAILED_PAUSE_MS = 365 * 24 * 3600_000;

export interface ConsumerTerms {
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly visibilitySeconds: number;
  readonly waitSeconds: number;
  /** Pause after a receive that brought something but not all that was asked for, ms. */
  readonly lingerMs: number;
  readonly heads: Heads;
  /** So many events were in a frame that it received. */
  seen(known: Known, events: number): void;
  inbox(known: Known, busy: () => number): Inbox;
  /** Looks again, making anew what may be made: the queue was deleted. */
  restore(known: Known): Promise<Known>;
  same(frame: Uint8Array): Uint8Array;
  /** Undefined: a subscription without turns. */
  ownership(known: Known, events: TurnEvents): Promise<Ownership> | undefined;
  /** It leaves for good. */
  left(known: Known): Promise<void>;
}

export type TurnEvents = Pick<OwnershipTerms, "taken" | "lost" | "failing">;

/** A member of a subscription. On an ordered one it stands by until the token is its own. */
export async function openConsumer(first: Known, terms: ConsumerTerms): Promise<Consumer> {
  const { clock, leaseMs } = terms;
  const wants = frameFilter(first.spec);
  const waker = createWaker();
  const closing = new AbortController();
  const out = new Set<Lease>();
  let known = first;
  let ready: Lease[] = [];
  let inbox = terms.inbox(known, () => out.size + ready.length);
  let polls = 0;
  /** Messages that polls on their way may bring. */
  let asked = 0;
  let lastWasFull = false;
  let failure: OrreryError | undefined;
  const backoff = createBackoff(clock, FAILED_PAUSE_MS, closing.signal);
  const polling = new Set<Promise<void>>();

  const left = (lease: Lease) => {
    out.delete(lease);
    ready = ready.filter((one) => one !== lease);
  };

  /** All of one group that is here goes back with it: nothing overtakes. */
  async function delayed(lease: Lease, wait: number): Promise<void> {
    const behind = lease.group === "" ? [] : [...out, ...ready].filter(({ group }) => group === lease.group);
    await Promise.all([lease.giveBack(wait), ...behind.map((one) => one.giveBack(wait))]);
  }

  function received(messages: readonly Message[]): void {
    for (const message of messages) {
      const lease = createLease(message, {
        inbox,
        clock,
        leaseMs,
        visibilitySeconds: terms.visibilitySeconds,
        left,
        same: terms.same,
        delayed,
      });
      if (closing.signal.aborted || !active()) {
        void lease.giveBack();
        continue;
      }
      const head = headOf(lease.frame);
      if (head !== undefined) {
        terms.heads.saw(head);
        terms.seen(known, head.count);
      }
      // SNS filters by types; a policy that had no room for all of them lets more through.
      if (head !== undefined && !isRequeued(message) && !wants(head))
        void lease
          .delivery()
          .settle()
          ?.catch(() => undefined);
      else ready.push(lease);
    }
    waker.wake();
  }

  async function poll(most: number): Promise<void> {
    polls++;
    asked += most;
    try {
      const messages = await inbox.receive(most, terms.waitSeconds, closing.signal);
      backoff.reset();
      failure = undefined;
      lastWasFull = messages.length === most;
      received(messages);
      if (messages.length > 0 && !lastWasFull) await clock.sleep(terms.lingerMs, closing.signal);
    } catch (error) {
      if (!closing.signal.aborted) await failed(error);
    } finally {
      polls--;
      asked -= most;
      waker.wake();
    }
  }

  /** Said by the next pull, and tried again with growing pauses: nothing here ends for good by itself. */
  async function failed(error: unknown): Promise<void> {
    lastWasFull = false;
    failure = coded(error, `receive of ${known.spec.id}`);
    waker.wake();
    await mend(error);
    await backoff.pause();
  }

  /** A queue that was deleted is made again, where that is allowed. */
  async function mend(error: unknown): Promise<void> {
    if (!isMissing(error)) return;
    try {
      known = await terms.restore(known);
      inbox = terms.inbox(known, () => out.size + ready.length);
    } catch (again) {
      failure = coded(again, `restoring ${known.spec.id}`);
    }
  }

  function ask(maxFrames: number): void {
    while (polls < (lastWasFull ? MOST_POLLS : 1)) {
      const most = Math.min(LIMITS.batchEntries, maxFrames - ready.length - asked);
      if (most <= 0) return;
      const one = poll(most).finally(() => polling.delete(one));
      polling.add(one);
    }
  }

  function take(maxFrames: number, maxBytes: number): Delivery[] {
    const taken: Delivery[] = [];
    const nowMs = clock.now();
    let room = maxBytes;
    for (const lease of [...ready]) {
      if (taken.length >= maxFrames) break;
      if (lease.notBeforeMs > nowMs) continue;
      if (lease.frame.length > room && !(taken.length === 0 && lease.frame.length > maxBytes)) break;
      room -= lease.frame.length;
      left(lease);
      if (lease.expired) continue;
      out.add(lease);
      taken.push(lease.delivery());
    }
    return taken;
  }

  /** What waits here for a permit or its time is renewed; what a handler has, its own keeper renews. */
  async function keepReady(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(leaseMs / 4, closing.signal);
      for (const lease of ready) lease.keep();
      for (const lease of [...out]) if (lease.expired) out.delete(lease);
    }
  }

  function nextDueMs(): number {
    let dueMs = Infinity;
    for (const { notBeforeMs } of ready) dueMs = Math.min(dueMs, notBeforeMs);
    return dueMs;
  }

  /** Its turn is over: what it has goes to the next one, in order. */
  function giveAllBack(): Promise<unknown> {
    const back = [...ready, ...out].map((lease) => lease.giveBack());
    ready = [];
    return Promise.all([inbox.flush(), ...back]);
  }

  void keepReady();
  const ownership = await terms.ownership(known, {
    taken: waker.wake,
    lost: () => void giveAllBack(),
    failing(error) {
      failure = coded(error, `turns of ${known.spec.id}`);
      waker.wake();
      void mend(error);
    },
  });
  const active = () => ownership?.holds ?? true;
  return {
    get standby() {
      return !active();
    },
    async pull(maxFrames, maxBytes, signal) {
      for (;;) {
        if (closing.signal.aborted || signal.aborted) return [];
        const taken = take(maxFrames, maxBytes);
        if (taken.length > 0) return taken;
        if (failure !== undefined) {
          const error = failure;
          failure = undefined;
          throw error;
        }
        if (active()) ask(maxFrames);
        const due = new AbortController();
        const waitMs = nextDueMs() - clock.now();
        if (waitMs < Infinity) void clock.sleep(waitMs, due.signal).then(waker.wake);
        await waker.changed(signal);
        due.abort();
      }
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      waker.wake();
      await Promise.all(polling);
      await giveAllBack();
      await ownership?.close();
      await terms.left(known);
    },
  };
}

/** Undefined: it cannot be read, and is handed out so that it becomes a dead letter. */
function headOf(frame: Uint8Array): FrameHead | undefined {
  try {
    return frameHead(frame);
  } catch {
    return undefined;
  }
}
