import type { Clock } from "./clock.ts";

export type SubscriptionState =
  | "starting"
  | "running"
  | "standby"
  | "paused"
  | "failing"
  | "draining"
  | "closed";

export interface SubscriptionStatus {
  readonly state: SubscriptionState;
  /** Since when, Unix ms. */
  readonly sinceMs: number;
  /** Why, where it is not plain: the error that intake is failing with. */
  readonly reason: string | undefined;
}

/** The present status, and an iterable that gives it and each change until `closed`. */
export interface StatusFeed extends AsyncIterable<SubscriptionStatus> {
  readonly current: SubscriptionStatus;
}

/** A feed and the setter its owner keeps. Readers that are slow skip to the newest. */
export function createStatus(clock: Clock): {
  feed: StatusFeed;
  set: (state: SubscriptionState, reason?: string) => void;
} {
  let current: SubscriptionStatus = { state: "starting", sinceMs: clock.now(), reason: undefined };
  let changed = Promise.withResolvers<void>();

  return {
    feed: {
      get current() {
        return current;
      },
      async *[Symbol.asyncIterator]() {
        for (let last: SubscriptionStatus | undefined; ; ) {
          while (current === last) await changed.promise;
          last = current;
          yield last;
          if (last.state === "closed") return;
        }
      },
    },
    set(state, reason) {
      if (current.state === "closed" || (current.state === state && current.reason === reason)) return;
      current = { state, sinceMs: clock.now(), reason };
      changed.resolve();
      changed = Promise.withResolvers<void>();
    },
  };
}
