import { OrreryError } from "@orrery/wire";
import type { Clock } from "../clock.ts";
import { busErrors } from "../errors.ts";
import { frameFilter } from "../filter.ts";
import type { Consumer, Delivery, SubscriptionSpec } from "../transport.ts";
import type { Barriers } from "./barriers.ts";
import { type Bucket, createBucket } from "./bucket.ts";
import type { Delays } from "./delays.ts";
import type { Groups } from "./groups.ts";
import type { Damage, LogRecord } from "./log-record.ts";
import type { Cursors, GainedBucket, Membership } from "./membership.ts";
import type { Partitions } from "./partitions.ts";
import { createReader, type Reader } from "./reader.ts";
import type { RequeuedFrames, RequeuedRow } from "./requeued.ts";
import type { Starts } from "./topology.ts";

/** A member of a subscription in this process, with what its transport needs of it. */
export interface EmbeddedConsumer extends Consumer {
  readonly subscription: string;
  /** Something may have come: new frames, a requeued one, a free bucket. */
  nudge(): void;
  /** Another process has written to the groups file. */
  groupsChanged(): void;
  /** Writes cursors now. */
  commit(): void;
  /** Whether the frame is settled as far as this member knows; undefined when its bucket is not here. */
  isSettled(partition: string, position: number): boolean | undefined;
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

/** Cursors are written this long after the first change, ms: a crash repeats at most that much. */
const COMMIT_AFTER_MS = 200;

/** Which bucket a frame belongs to: a mixed hash of its position. */
export function bucketOf(position: number, buckets: number): number {
  if (buckets === 1) return 0;
  const mixed = Math.imul((position ^ (position / 4_294_967_296)) | 0, 0x9e3779b1) >>> 0;
  return Math.floor((mixed / 4_294_967_296) * buckets);
}

export function createEmbeddedConsumer(terms: ConsumerTerms): EmbeddedConsumer {
  const { spec, membership, partitions, requeued, delays, clock, leaseMs } = terms;
  const ordered = spec.order === "key";
  const wants = frameFilter(spec);
  const owned = new Map<number, Bucket>();
  const readers = new Map<string, Reader>();
  const requeuedOut = new Set<number>();
  const closing = new AbortController();
  const committed = new Map<number, string>();
  let wakers = new Set<() => void>();
  let changes = 0;
  let committing = false;
  let leases = 0;
  let requeuedAtMs = 0;
  let alarm: { atMs: number; abort: AbortController } | undefined;
  let turn = 0;

  function nudge(): void {
    changes++;
    const woken = wakers;
    wakers = new Set();
    for (const wake of woken) wake();
  }

  /** Wakes the pull when something comes due. */
  function wakeAt(atMs: number): void {
    if (atMs === Infinity || (alarm !== undefined && alarm.atMs <= atMs)) return;
    alarm?.abort.abort();
    const own = { atMs, abort: new AbortController() };
    alarm = own;
    void clock.sleep(Math.max(1, atMs - clock.now()), own.abort.signal).then(() => {
      if (alarm !== own) return;
      alarm = undefined;
      if (!closing.signal.aborted) nudge();
    });
  }

  function gain(gained: readonly GainedBucket[]): void {
    fold();
    for (const one of gained) {
      const bucket = createBucket(one, terms.starts);
      owned.set(one.bucket, bucket);
      delays.load(spec.id, one.bucket);
      for (const reader of readers.values()) {
        const next = bucket.nextOf(reader.partition.name);
        if (next < reader.position) reader.seek(next);
      }
    }
    requeuedAtMs = 0;
  }

  /** Notes for every bucket how far the readers have come. */
  function fold(): void {
    for (const bucket of owned.values()) {
      if (bucket.releasing) continue;
      for (const reader of readers.values()) bucket.scanned(reader.partition.name, reader.position);
    }
  }

  function lose(number: number): void {
    const bucket = owned.get(number);
    if (bucket === undefined) return;
    bucket.lost = true;
    owned.delete(number);
    committed.delete(number);
    delays.forget(spec.id, number);
  }

  function beat(): void {
    const { gained, lost, surplus } = membership.beat();
    for (const number of lost) lose(number);
    gain(gained);
    let giving = surplus;
    for (const bucket of [...owned.values()].reverse()) {
      if (giving-- <= 0) break;
      fold();
      bucket.releasing = true;
    }
    releaseIdle();
    if (gained.length > 0) nudge();
  }

  function releaseIdle(): void {
    for (const bucket of [...owned.values()]) {
      if (!bucket.releasing || bucket.out > 0) continue;
      terms.groups.write(() => membership.release(bucket.number, bucket.epoch, bucket.cursors()));
      lose(bucket.number);
    }
  }

  async function keepLease(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(leaseMs / 3, closing.signal);
      if (!closing.signal.aborted) attempt(beat);
    }
  }

  function attempt(act: () => unknown): void {
    try {
      act();
    } catch (error) {
      terms.failing(error);
    }
  }

  function commitSoon(): void {
    if (committing) return;
    committing = true;
    void clock.sleep(COMMIT_AFTER_MS, closing.signal).then(() => {
      committing = false;
      if (!closing.signal.aborted) attempt(commit);
    });
  }

  function commit(): void {
    fold();
    const dirty = [...owned.values()].filter((bucket) => bucket.dirty);
    if (dirty.length === 0) return;
    const lost = terms.groups.write(() => dirty.filter((bucket) => !commitOne(bucket)));
    for (const bucket of lost) lose(bucket.number);
  }

  function commitOne(bucket: Bucket): boolean {
    const cursors = bucket.cursors();
    const settled = settledText(cursors);
    const kept = membership.commit(
      bucket.number,
      bucket.epoch,
      cursors,
      settled !== committed.get(bucket.number),
    );
    bucket.dirty = false;
    committed.set(bucket.number, settled);
    return kept;
  }

  function readerOf(name: string, create: () => Reader): Reader {
    let reader = readers.get(name);
    if (reader === undefined) readers.set(name, (reader = create()));
    return reader;
  }

  /** Readers for every partition; new ones begin where the buckets say. */
  function followAll(): Reader[] {
    return partitions.list().map((partition) =>
      readerOf(partition.name, () => {
        const from = Math.min(...[...owned.values()].map((bucket) => bucket.nextOf(partition.name)));
        return createReader(partition, Number.isFinite(from) ? from : 0, terms.longestFrame, terms.damaged);
      }),
    );
  }

  interface Load {
    readonly out: Delivery[];
    frames: number;
    bytes: number;
  }

  const fits = (load: Load, frame: Uint8Array) => load.frames > 0 && frame.length <= load.bytes;

  function put(load: Load, delivery: Delivery): void {
    load.out.push(delivery);
    load.frames--;
    load.bytes -= delivery.frame.length;
  }

  function gatherRequeued(load: Load): void {
    const nowMs = clock.now();
    if (requeuedAtMs > nowMs || load.frames === 0) return wakeAt(requeuedAtMs);
    const mine = [...owned.values()].filter((bucket) => !bucket.releasing).map((bucket) => bucket.number);
    const rows = requeued.take(spec.id, nowMs, terms.buckets, mine, [...requeuedOut], load.frames);
    for (const row of rows) {
      const bucket = owned.get(row.id % terms.buckets);
      if (bucket !== undefined) put(load, requeuedDelivery(bucket, row));
    }
    requeuedAtMs = rows.length > 0 ? 0 : requeued.nextDueMs(spec.id, nowMs);
    wakeAt(requeuedAtMs);
  }

  /** Frames handed back with a pause that is over. False when an ordered subscription has to wait. */
  function gatherDelayed(load: Load): boolean {
    const nowMs = clock.now();
    for (const bucket of owned.values()) {
      for (const delay of delays.of(spec.id, bucket.number)) {
        if (delay.record === undefined) continue;
        if (delay.notBeforeMs > nowMs) {
          wakeAt(delay.notBeforeMs);
          if (ordered) return false;
          continue;
        }
        if (!fits(load, delay.record.frame)) return !ordered;
        const record = delay.record;
        delay.record = undefined;
        put(load, logDelivery(bucket, delay.partition, record, delay.attempt));
      }
    }
    return true;
  }

  /** Hands out what is at hand in one partition; true when its reader should read on from the files. */
  function gatherFrom(reader: Reader, load: Load): boolean {
    const { name } = reader.partition;
    for (let record = reader.peek(); record !== undefined; record = reader.peek()) {
      if (
        ordered &&
        !terms.barriers.isOpen(name, record.position, (other) => readers.get(other)?.position ?? 0)
      ) {
        return false;
      }
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
      wakeAt(delay.notBeforeMs);
      if (ordered) return false;
      bucket.handOut(partition, record.position, record.next);
      delay.record = record;
      return true;
    }
    const before = bucket.wasHanded(partition, record.position) ? bucket.crashes : 0;
    bucket.handOut(partition, record.position, record.next);
    put(load, logDelivery(bucket, partition, record, delay?.attempt ?? 1 + before));
    return true;
  }

  async function gather(load: Load): Promise<boolean> {
    let news = false;
    gatherRequeued(load);
    if (!gatherDelayed(load)) return false;
    const all = followAll();
    for (let i = 0; i < all.length && load.frames > 0; i++) {
      const reader = all[(turn + i) % all.length] as Reader;
      if (!gatherFrom(reader, load) || load.out.length > 0) continue;
      if (partitions.hasMore(reader.partition, reader.position) && (await reader.fill())) {
        news = true;
        gatherFrom(reader, load);
      }
    }
    turn++;
    commitSoonIfDirty();
    return news;
  }

  function commitSoonIfDirty(): void {
    for (const bucket of owned.values()) if (bucket.dirty) return commitSoon();
  }

  function lease(bucket: Bucket): Pick<Delivery, "leaseId" | "leaseExpiresMs" | "renew"> & { held(): void } {
    const leaseId = `${spec.id}#${bucket.number}.${bucket.epoch}.${++leases}`;
    const held = () => {
      if (bucket.lost) throw new OrreryError(busErrors.BUS_LEASE_LOST, { given: leaseId });
    };
    return {
      leaseId,
      leaseExpiresMs: membership.expiresMs,
      held,
      renew: async () => {
        if (!bucket.lost && clock.now() > membership.expiresMs - leaseMs / 2) beat();
        held();
        return membership.expiresMs;
      },
    };
  }

  function logDelivery(bucket: Bucket, partition: string, record: LogRecord, attempt: number): Delivery {
    const { held, ...leased } = lease(bucket);
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
        if (bucket.releasing) attemptRelease();
        commitSoon();
        return undefined;
      },
      async delay(ms) {
        held();
        const notBeforeMs = clock.now() + ms;
        delays.put(spec.id, bucket.number, partition, record, notBeforeMs, attempt + 1);
        wakeAt(notBeforeMs);
        nudge();
      },
    };
  }

  function requeuedDelivery(bucket: Bucket, row: RequeuedRow): Delivery {
    const { held, ...leased } = lease(bucket);
    requeuedOut.add(row.id);
    bucket.requeuedOut(1);
    const back = () => {
      requeuedOut.delete(row.id);
      bucket.requeuedOut(-1);
      if (bucket.releasing) attemptRelease();
    };
    return {
      ...leased,
      frame: row.frame,
      attempt: row.attempt,
      generation: row.generation,
      async settle() {
        held();
        requeued.remove(row.id);
        back();
      },
      async delay(ms) {
        held();
        requeued.delay(row.id, clock.now() + ms);
        back();
        requeuedAtMs = 0;
        nudge();
      },
    };
  }

  function attemptRelease(): void {
    attempt(releaseIdle);
  }

  const consumer: EmbeddedConsumer = {
    subscription: spec.id,
    get standby() {
      return ordered && owned.size === 0;
    },
    nudge,
    commit,
    groupsChanged() {
      requeuedAtMs = 0;
      attempt(() => membership.hasChanged() && beat());
      nudge();
    },
    isSettled(partition, position) {
      return owned.get(bucketOf(position, terms.buckets))?.isSettled(partition, position);
    },
    async pull(maxFrames, maxBytes, signal) {
      for (;;) {
        if (closing.signal.aborted || signal.aborted) return [];
        if (clock.now() >= membership.expiresMs) beat();
        const before = changes;
        const load: Load = { out: [], frames: maxFrames, bytes: maxBytes };
        const news = owned.size > 0 && (await gather(load));
        if (load.out.length > 0) return load.out;
        if (!news && changes === before) await changed(signal);
      }
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      alarm?.abort.abort();
      nudge();
      attempt(() => {
        fold();
        terms.groups.write(() => {
          for (const bucket of owned.values())
            membership.release(bucket.number, bucket.epoch, bucket.cursors());
          membership.leave();
        });
      });
      for (const number of [...owned.keys()]) lose(number);
      for (const reader of readers.values()) await reader.close();
      terms.closed(consumer);
    },
  };

  function changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener("abort", done);
        resolve();
      };
      wakers.add(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  beat();
  void keepLease();
  return consumer;
}

function settledText(cursors: Cursors): string {
  return Object.entries(cursors)
    .map(([partition, [settled]]) => `${partition}:${settled}`)
    .join(" ");
}
