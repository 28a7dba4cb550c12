import type { Subscribe } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { clientErrors } from "./errors.ts";
import type { WorldEvent } from "./event.ts";
import { type Looks, subscribeFor, wantedBy } from "./looks.ts";
import { createQueue } from "./queue.ts";

/** Iterate it for what changes; await `snapshot` for how things are. */
export interface Subscription extends AsyncIterable<WorldEvent> {
  /**
   * The events that describe the present, complete. After a gap that could not be closed there is a new one.
   * Rejects with what ended the subscription, if that comes first.
   */
  readonly snapshot: Promise<readonly WorldEvent[]>;
  /** Looks no more: whoever iterates comes to the end. Once is enough, and at any time. */
  close(): void;
}

/** The client's side of a subscription. */
export interface SubscriptionOwner {
  readonly asked: Subscribe;
  readonly subscription: Subscription;
  /** Its snapshot is complete: a resume may go on from its marks. */
  readonly settled: boolean;
  snapshotEvent(event: WorldEvent): void;
  /** @param covers whether the snapshot says already what an event says */
  snapshotDone(covers: (event: WorldEvent) => boolean): void;
  /** Before the snapshot is complete it waits for it: another subscription may look at the same. */
  liveEvent(event: WorldEvent): void;
  /** The edge starts over with a snapshot; what came of an earlier one is forgotten. */
  restart(): void;
  /** @param error reaches whoever iterates and whoever awaits the snapshot; none: the end without one */
  end(error?: Error): void;
}

/** Events that are held for a subscription that nobody reads. */
export const MOST_UNREAD = 100_000;

/** @param leave called once, when its user or its own end takes it down */
export function createSubscription(id: string, looks: Looks, leave: () => void): SubscriptionOwner {
  const queue = createQueue<WorldEvent>(() => close());
  const wanted = wantedBy(looks);
  let done = pending();
  let events: WorldEvent[] = [];
  /** Live events that came before the snapshot was complete. */
  let early: WorldEvent[] = [];
  let settled = false;
  let everSettled = false;
  let ended = false;

  function end(error?: Error): void {
    if (ended) return;
    ended = true;
    queue.end(error);
    done.reject(error ?? new OrreryError(clientErrors.CLIENT_CLOSED, { given: "the subscription" }));
  }

  function close(error?: Error): void {
    if (ended) return;
    end(error);
    leave();
  }

  function push(event: WorldEvent): void {
    if (queue.length >= MOST_UNREAD)
      return close(new OrreryError(clientErrors.CLIENT_BEHIND, { given: `${MOST_UNREAD} events` }));
    queue.push(event);
  }

  return {
    asked: subscribeFor(id, looks),
    get settled() {
      return settled;
    },
    subscription: {
      get snapshot() {
        return done.promise;
      },
      [Symbol.asyncIterator]: () => queue,
      close: () => close(),
    },
    snapshotEvent(event) {
      if (ended || !wanted(event)) return;
      events.push(event);
      // After a gap whoever iterates needs to hear of the present as well.
      if (everSettled) push(event);
    },
    snapshotDone(covers) {
      settled = true;
      everSettled = true;
      done.resolve(events);
      for (const event of early.splice(0)) if (!covers(event)) push(event);
    },
    liveEvent(event) {
      if (ended || !wanted(event)) return;
      if (settled) push(event);
      else if (early.length < MOST_UNREAD) early.push(event);
      else
        close(
          new OrreryError(clientErrors.CLIENT_BEHIND, { given: `${MOST_UNREAD} events before a snapshot` }),
        );
    },
    restart() {
      if (settled) done = pending();
      events = [];
      early = [];
      settled = false;
    },
    end,
  };
}

/** A promise that nobody need be waiting for when it is rejected. */
function pending(): PromiseWithResolvers<readonly WorldEvent[]> {
  const made = Promise.withResolvers<readonly WorldEvent[]>();
  made.promise.catch(() => {});
  return made;
}
