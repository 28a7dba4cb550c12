import { frameFilter } from "../filter.ts";
import type { Delivery } from "../transport.ts";
import { type Bucket, bucketOf } from "./bucket.ts";
import type { ConsumerTerms } from "./consumer.ts";
import type { Deliveries } from "./deliveries.ts";
import type { LogRecord } from "./log-record.ts";
import { createReader, type Reader } from "./reader.ts";
import type { Share } from "./share.ts";
import type { Waker } from "./waker.ts";

/** What one pull may still take. */
export interface Load {
  readonly out: Delivery[];
  frames: number;
  bytes: number;
}

/** Finds frames for a pull: requeued ones that are due, delayed ones, then the log. */
export interface HandOut {
  /** True when a reader moved without finding anything yet: look again. */
  gather(load: Load): Promise<boolean>;
}

export function createHandOut(
  terms: ConsumerTerms,
  share: Share,
  readers: Map<string, Reader>,
  deliveries: Deliveries,
  waker: Waker,
): HandOut {
  const { spec, partitions, delays, clock } = terms;
  const { owned } = share;
  const ordered = spec.order === "key";
  const wants = frameFilter(spec);
  let turn = 0;

  const fits = (load: Load, frame: Uint8Array) => load.frames > 0 && frame.length <= load.bytes;

  function put(load: Load, delivery: Delivery): void {
    load.out.push(delivery);
    load.frames--;
    load.bytes -= delivery.frame.length;
  }

  /** Readers for every partition; new ones begin where the buckets say. */
  function followAll(): Reader[] {
    return partitions.list().map((partition) => {
      let reader = readers.get(partition.name);
      if (reader === undefined) {
        const from = Math.min(...[...owned.values()].map((bucket) => bucket.nextOf(partition.name)));
        reader = createReader(partition, Number.isFinite(from) ? from : 0, terms.longestFrame, terms.damaged);
        readers.set(partition.name, reader);
      }
      return reader;
    });
  }

  /** Frames handed back with a pause that is over. False when an ordered subscription has to wait. */
  function gatherDelayed(load: Load): boolean {
    const nowMs = clock.now();
    for (const bucket of owned.values()) {
      for (const delay of delays.of(spec.id, bucket.number)) {
        const { record } = delay;
        if (record === undefined) continue;
        if (delay.notBeforeMs > nowMs) {
          waker.nudgeAt(delay.notBeforeMs);
          if (ordered) return false;
          continue;
        }
        if (!fits(load, record.frame)) return !ordered;
        delay.record = undefined;
        put(load, deliveries.ofLog(bucket, delay.partition, record, delay.attempt));
      }
    }
    return true;
  }

  /** Hands out what is at hand in one partition; true when its reader should read on from the files. */
  function gatherFrom(reader: Reader, load: Load): boolean {
    const { name } = reader.partition;
    if (ordered && reader.peek() !== undefined) terms.barriers.refresh();
    const readTo = (other: string) => readers.get(other)?.position ?? 0;
    for (let record = reader.peek(); record !== undefined; record = reader.peek()) {
      if (ordered && !terms.barriers.isOpen(name, record.position, readTo)) return false;
      if (wants(record.head)) {
        const bucket = owned.get(bucketOf(record.position, terms.buckets));
        if (bucket !== undefined && !bucket.releasing && !bucket.isPassed(name, record.position)) {
          if (!fits(load, record.frame)) return false;
          if (!handOut(bucket, name, record, load)) return false;
        }
      }
      reader.shift();
    }
    return true;
  }

  /** False when an ordered subscription has to wait for this very frame. */
  function handOut(bucket: Bucket, partition: string, record: LogRecord, load: Load): boolean {
    const delay = delays.find(spec.id, bucket.number, partition, record.position);
    if (delay !== undefined && delay.notBeforeMs > clock.now()) {
      waker.nudgeAt(delay.notBeforeMs);
      if (ordered) return false;
      bucket.handOut(partition, record.position, record.next);
      delay.record = record;
      return true;
    }
    const crashes = bucket.wasHanded(partition, record.position) ? bucket.crashes : 0;
    bucket.handOut(partition, record.position, record.next);
    put(load, deliveries.ofLog(bucket, partition, record, delay?.attempt ?? 1 + crashes));
    return true;
  }

  return {
    async gather(load) {
      let moved = false;
      for (const delivery of deliveries.dueRequeued(load.frames)) put(load, delivery);
      if (!gatherDelayed(load)) return false;
      const all = followAll();
      for (let i = 0; i < all.length && load.frames > 0; i++) {
        const reader = all[(turn + i) % all.length] as Reader;
        if (!gatherFrom(reader, load) || load.out.length > 0) continue;
        if (partitions.hasMore(reader.partition, reader.position) && (await reader.fill())) {
          moved = true;
          gatherFrom(reader, load);
        }
      }
      turn++;
      for (const bucket of owned.values()) {
        if (bucket.dirty) share.commitSoon();
      }
      return moved;
    },
  };
}
