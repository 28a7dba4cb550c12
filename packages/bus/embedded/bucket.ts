import type { Cursors, GainedBucket } from "./membership.ts";

/** A share of a subscription's frames while this member owns it. */
export interface Bucket {
  readonly number: number;
  readonly epoch: number;
  /** How the frames handed out before this member came are counted. */
  readonly crashes: number;
  /** Being given away: hands out nothing new. */
  releasing: boolean;
  lost: boolean;
  /** Cursors changed since the last commit. */
  dirty: boolean;
  /** Frames and requeued frames that are out. */
  readonly out: number;
  /** Whether the frame at this position was already handed out here or settled before. */
  isPassed(partition: string, position: number): boolean;
  /** Whether an earlier owner had handed it out. */
  wasHanded(partition: string, position: number): boolean;
  handOut(partition: string, position: number, next: number): void;
  settle(partition: string, position: number): void;
  /** The reader has come here: everything before is handed out or not this bucket's. */
  scanned(partition: string, position: number): void;
  /** Handed out and settled, as far as this member knows. */
  isSettled(partition: string, position: number): boolean;
  /** Where this bucket goes on reading. */
  nextOf(partition: string): number;
  cursors(): Cursors;
  requeuedOut(by: 1 | -1): void;
}

interface Progress {
  next: number;
  handed: number;
  /** Positions that are out; in order, since they go out in order and stay until settled. */
  readonly out: Set<number>;
}

export function createBucket(gained: GainedBucket, starts: Readonly<Record<string, number>>): Bucket {
  const progresses = new Map<string, Progress>();
  for (const [partition, [settled, handed]] of Object.entries(gained.cursors)) {
    progresses.set(partition, { next: settled, handed, out: new Set() });
  }
  let requeued = 0;

  function of(partition: string): Progress {
    let progress = progresses.get(partition);
    if (progress === undefined) {
      progress = { next: starts[partition] ?? 0, handed: 0, out: new Set() };
      progresses.set(partition, progress);
    }
    return progress;
  }

  return {
    number: gained.bucket,
    epoch: gained.epoch,
    crashes: gained.crashes,
    releasing: false,
    lost: false,
    dirty: false,
    get out() {
      let count = requeued;
      for (const progress of progresses.values()) count += progress.out.size;
      return count;
    },
    isPassed: (partition, position) => position < of(partition).next,
    wasHanded: (partition, position) => position < of(partition).handed,
    handOut(partition, position, next) {
      const progress = of(partition);
      progress.next = Math.max(progress.next, next);
      progress.out.add(position);
      this.dirty = true;
    },
    settle(partition, position) {
      of(partition).out.delete(position);
      this.dirty = true;
    },
    scanned(partition, position) {
      const progress = of(partition);
      if (position <= progress.next) return;
      progress.next = position;
      this.dirty = true;
    },
    isSettled: (partition, position) => position < of(partition).next && !of(partition).out.has(position),
    nextOf: (partition) => of(partition).next,
    cursors() {
      const all: Record<string, readonly [number, number]> = {};
      for (const [partition, { next, handed, out }] of progresses) {
        const [oldest] = out;
        all[partition] = [oldest ?? next, Math.max(next, handed)];
      }
      return all;
    },
    requeuedOut(by) {
      requeued += by;
    },
  };
}

/** Which bucket a frame belongs to: a mixed hash of its position. */
export function bucketOf(position: number, buckets: number): number {
  if (buckets === 1) return 0;
  const mixed = Math.imul((position ^ (position / 4_294_967_296)) | 0, 0x9e3779b1) >>> 0;
  return Math.floor((mixed / 4_294_967_296) * buckets);
}
