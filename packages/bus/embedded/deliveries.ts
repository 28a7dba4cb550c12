import { OrreryError } from "@orrery/wire";
import { busErrors } from "../errors.ts";
import type { Delivery } from "../transport.ts";
import type { Bucket } from "./bucket.ts";
import type { ConsumerTerms } from "./consumer.ts";
import type { LogRecord } from "./log-record.ts";
import type { RequeuedRow } from "./requeued.ts";
import type { Share } from "./share.ts";
import type { Waker } from "./waker.ts";

/** Makes frames into leased deliveries. The lease is their bucket's. */
export interface Deliveries {
  ofLog(bucket: Bucket, partition: string, record: LogRecord, attempt: number): Delivery;
  /** Requeued frames of owned buckets whose time has come. */
  dueRequeued(limit: number): Delivery[];
  /** Look for requeued frames again. */
  requeuedChanged(): void;
}

const LOOK_AGAIN_MS = 50;

export function createDeliveries(terms: ConsumerTerms, share: Share, waker: Waker): Deliveries {
  const { spec, membership, groups, requeued, delays, clock, leaseMs } = terms;
  const requeuedOut = new Set<number>();
  let leases = 0;
  let lookAtMs = 0;

  function lease(bucket: Bucket) {
    const leaseId = `${spec.id}#${bucket.number}.${bucket.epoch}.${++leases}`;
    const held = () => {
      if (bucket.lost) throw new OrreryError(busErrors.BUS_LEASE_LOST, { given: leaseId });
    };
    const renew = async () => {
      await groups.resting;
      if (!bucket.lost && clock.now() > membership.expiresMs - leaseMs / 2) share.beat();
      held();
      return membership.expiresMs;
    };
    return { held, leased: { leaseId, leaseExpiresMs: membership.expiresMs, renew } };
  }

  function ofRequeued(bucket: Bucket, row: RequeuedRow): Delivery {
    const { held, leased } = lease(bucket);
    requeuedOut.add(row.id);
    bucket.requeuedOut(1);
    const back = () => {
      requeuedOut.delete(row.id);
      bucket.requeuedOut(-1);
      if (bucket.releasing) share.releaseIdle();
    };
    return {
      ...leased,
      frame: row.frame,
      attempt: row.attempt,
      generation: row.generation,
      async settle() {
        await groups.resting;
        held();
        requeued.remove(row.id);
        back();
      },
      async delay(ms) {
        await groups.resting;
        held();
        requeued.delay(row.id, clock.now() + ms);
        back();
        lookAtMs = 0;
        waker.nudge();
      },
    };
  }

  return {
    requeuedChanged() {
      lookAtMs = 0;
    },
    dueRequeued(limit) {
      const nowMs = clock.now();
      if (lookAtMs > nowMs || limit === 0) {
        waker.nudgeAt(lookAtMs);
        return [];
      }
      if (groups.resting !== undefined) {
        waker.nudgeAt(nowMs + LOOK_AGAIN_MS);
        return [];
      }
      const mine = [...share.owned.values()]
        .filter((bucket) => !bucket.releasing)
        .map((bucket) => bucket.number);
      const rows = requeued.take(spec.id, nowMs, terms.buckets, mine, [...requeuedOut], limit);
      lookAtMs = rows.length > 0 ? 0 : requeued.nextDueMs(spec.id, nowMs);
      waker.nudgeAt(lookAtMs);
      return rows.map((row) => ofRequeued(share.owned.get(row.id % terms.buckets) as Bucket, row));
    },
    ofLog(bucket, partition, record, attempt) {
      const { held, leased } = lease(bucket);
      return {
        ...leased,
        frame: record.frame,
        attempt,
        generation: 0,
        settle() {
          if (bucket.lost)
            return Promise.reject(new OrreryError(busErrors.BUS_LEASE_LOST, { given: leased.leaseId }));
          bucket.settle(partition, record.position);
          delays.remove(spec.id, bucket.number, partition, record.position);
          if (bucket.releasing) share.releaseIdle();
          share.commitSoon();
          return undefined;
        },
        async delay(ms) {
          await groups.resting;
          held();
          const notBeforeMs = clock.now() + ms;
          delays.put(spec.id, bucket.number, partition, record, notBeforeMs, attempt + 1);
          waker.nudgeAt(notBeforeMs);
          waker.nudge();
        },
      };
    },
  };
}
