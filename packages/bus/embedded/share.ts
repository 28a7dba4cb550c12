import type { Clock } from "../clock.ts";
import { type Bucket, createBucket } from "./bucket.ts";
import type { Delays } from "./delays.ts";
import type { Groups } from "./groups.ts";
import type { Cursors, GainedBucket, Membership } from "./membership.ts";
import type { Reader } from "./reader.ts";
import type { Starts } from "./topology.ts";

/** The buckets that one member owns: gained, renewed, given away and lost, with their cursors. */
export interface Share {
  readonly owned: ReadonlyMap<number, Bucket>;
  /** Up to where a bucket is settled, written down or not; undefined: it is not owned, or nothing was read of it yet. */
  settledTo(partition: string, bucket: number): number | undefined;
  /** Renews the lease and takes or gives away what is due. */
  beat(): void;
  /** Gives away what is being given away and has nothing out. */
  releaseIdle(): void;
  commit(): void;
  commitSoon(): void;
  /** Gives everything back. */
  close(): void;
}

export interface ShareTerms {
  readonly subscription: string;
  readonly starts: Starts;
  readonly membership: Membership;
  readonly groups: Groups;
  readonly delays: Delays;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Those that exist now. */
  readonly readers: ReadonlyMap<string, Reader>;
  readonly gained: () => void;
  readonly failing: (error: unknown) => void;
}

/** Cursors are written this long after the first change, ms: a crash repeats at most that much. */
const COMMIT_AFTER_MS = 200;
/**
 * And when so much went by that was not for the subscription: segments go when all have passed them, and other processes
 * read its lag from its cursors.
 */
const COMMIT_AFTER_BYTES = 64 * 1024;

export function createShare(terms: ShareTerms): Share {
  const { subscription, membership, groups, delays, clock, readers } = terms;
  const owned = new Map<number, Bucket>();
  /** Per bucket, what was settled when its cursors were last written. */
  const committed = new Map<number, string>();
  const closing = new AbortController();
  let committing = false;

  /** Notes for every bucket how far the readers have come. */
  function fold(): void {
    for (const bucket of owned.values()) {
      if (bucket.releasing) continue;
      for (const reader of readers.values()) bucket.scanned(reader.partition.name, reader.position);
    }
  }

  const isFarAhead = () =>
    [...readers.values()].some(({ partition, position }) =>
      [...owned.values()].some(
        (bucket) => !bucket.releasing && position - bucket.nextOf(partition.name) >= COMMIT_AFTER_BYTES,
      ),
    );

  /** Readers go back to where the new buckets stand. */
  function gain(gained: readonly GainedBucket[]): void {
    if (gained.length === 0) return;
    fold();
    for (const one of gained) {
      const bucket = createBucket(one, terms.starts);
      owned.set(one.bucket, bucket);
      delays.load(subscription, one.bucket);
      for (const reader of readers.values()) {
        const next = bucket.nextOf(reader.partition.name);
        if (next < reader.position) reader.seek(next);
      }
    }
    terms.gained();
  }

  function lose(number: number): void {
    const bucket = owned.get(number);
    if (bucket === undefined) return;
    bucket.lost = true;
    owned.delete(number);
    committed.delete(number);
    delays.forget(subscription, number);
  }

  function beat(): void {
    if (isFarAhead()) commit();
    const { gained, lost, surplus } = membership.beat();
    for (const number of lost) lose(number);
    gain(gained);
    if (surplus > 0) {
      fold();
      for (const bucket of [...owned.values()].slice(-surplus)) bucket.releasing = true;
    }
    releaseIdle();
  }

  function releaseIdle(): void {
    for (const bucket of [...owned.values()]) {
      if (!bucket.releasing || bucket.out > 0) continue;
      groups.write(() => membership.release(bucket.number, bucket.epoch, bucket.cursors()));
      lose(bucket.number);
    }
  }

  function commit(): void {
    fold();
    const dirty = [...owned.values()].filter((bucket) => bucket.dirty);
    if (dirty.length === 0) return;
    const lost = groups.write(() => dirty.filter((bucket) => !commitOne(bucket)));
    for (const bucket of lost) lose(bucket.number);
  }

  function commitOne(bucket: Bucket): boolean {
    const cursors = bucket.cursors();
    const settled = settledText(cursors);
    const moved = settled !== committed.get(bucket.number);
    const kept = membership.commit(bucket.number, bucket.epoch, cursors, moved);
    bucket.dirty = false;
    committed.set(bucket.number, settled);
    return kept;
  }

  async function keepLease(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(terms.leaseMs / 3, closing.signal);
      await groups.resting;
      if (!closing.signal.aborted) attempt(beat);
    }
  }

  function attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      terms.failing(error);
    }
  }

  beat();
  void keepLease();
  return {
    owned,
    beat,
    settledTo(partition, bucket) {
      fold();
      return owned.get(bucket)?.cursors()[partition]?.[0];
    },
    releaseIdle: () => attempt(releaseIdle),
    commit,
    commitSoon() {
      if (committing) return;
      committing = true;
      void clock.sleep(COMMIT_AFTER_MS, closing.signal).then(async () => {
        await groups.resting;
        committing = false;
        if (!closing.signal.aborted) attempt(commit);
      });
    },
    close() {
      closing.abort();
      attempt(() => {
        fold();
        groups.write(() => {
          for (const bucket of owned.values())
            membership.release(bucket.number, bucket.epoch, bucket.cursors());
          membership.leave();
        });
      });
      for (const number of [...owned.keys()]) lose(number);
    },
  };
}

function settledText(cursors: Cursors): string {
  return Object.entries(cursors)
    .map(([partition, [settled]]) => `${partition}:${settled}`)
    .join(" ");
}
