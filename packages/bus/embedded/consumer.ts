import type { Clock } from "../clock.ts";
import type { Consumer, SubscriptionSpec } from "../transport.ts";
import type { Barriers } from "./barriers.ts";
import { bucketOf } from "./bucket.ts";
import type { Delays } from "./delays.ts";
import { createDeliveries } from "./deliveries.ts";
import type { Groups } from "./groups.ts";
import { createHandOut, type Load } from "./hand-out.ts";
import type { Damage } from "./log-record.ts";
import type { Membership } from "./membership.ts";
import type { Partitions } from "./partitions.ts";
import type { Reader } from "./reader.ts";
import type { RequeuedFrames } from "./requeued.ts";
import { createShare } from "./share.ts";
import type { Starts } from "./topology.ts";
import { createWaker } from "./waker.ts";

/** A member of a subscription in this process, with what its transport needs of it. */
export interface EmbeddedConsumer extends Consumer {
  readonly subscription: string;
  /** Something may have come: new frames, a requeued one, a free bucket. */
  nudge(): void;
  /** Members, buckets or requeued frames may have changed. */
  groupsChanged(): void;
  /** Whether the frame is settled as far as this member knows; undefined when its bucket is not here. */
  isSettled(partition: string, position: number): boolean | undefined;
  /** Up to where a bucket of this member is settled; undefined: it is not its own, or nothing was read of it yet. */
  settledTo(partition: string, bucket: number): number | undefined;
}

export interface ConsumerTerms {
  readonly spec: SubscriptionSpec;
  readonly starts: Starts;
  readonly buckets: number;
  readonly membership: Membership;
  readonly groups: Groups;
  readonly partitions: Partitions;
  readonly requeued: RequeuedFrames;
  readonly delays: Delays;
  readonly barriers: Barriers;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly longestFrame: number;
  readonly damaged: (damage: Damage) => void;
  readonly failing: (error: unknown) => void;
  readonly closed: (consumer: EmbeddedConsumer) => void;
}

export function createEmbeddedConsumer(terms: ConsumerTerms): EmbeddedConsumer {
  const { spec, membership, clock } = terms;
  const closing = new AbortController();
  const waker = createWaker(clock);
  const readers = new Map<string, Reader>();
  let gained = () => {};
  const share = createShare({ ...terms, subscription: spec.id, readers, gained: () => gained() });
  const deliveries = createDeliveries(terms, share, waker);
  const handOut = createHandOut(terms, share, readers, deliveries, waker);
  gained = () => {
    deliveries.requeuedChanged();
    waker.nudge();
  };

  const consumer: EmbeddedConsumer = {
    subscription: spec.id,
    get standby() {
      return spec.order === "key" && share.owned.size === 0;
    },
    nudge: waker.nudge,
    groupsChanged() {
      deliveries.requeuedChanged();
      // What has changed is still so afterwards.
      if (terms.groups.resting !== undefined) return void terms.groups.resting.then(consumer.groupsChanged);
      try {
        if (membership.hasChanged()) share.beat();
      } catch (error) {
        terms.failing(error);
      }
      waker.nudge();
    },
    isSettled: (partition, position) =>
      share.owned.get(bucketOf(position, terms.buckets))?.isSettled(partition, position),
    settledTo: share.settledTo,
    async pull(maxFrames, maxBytes, signal) {
      for (;;) {
        if (closing.signal.aborted || signal.aborted) return [];
        if (clock.now() >= membership.expiresMs) {
          await terms.groups.resting;
          share.beat();
        }
        const before = waker.news;
        const load: Load = { out: [], frames: maxFrames, bytes: maxBytes };
        const moved = share.owned.size > 0 && (await handOut.gather(load));
        if (load.out.length > 0) return load.out;
        if (!moved && waker.news === before) await waker.wait(signal);
      }
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      await terms.groups.resting;
      share.close();
      waker.close();
      for (const reader of readers.values()) await reader.close();
      terms.closed(consumer);
    },
  };
  return consumer;
}
