import type { Clock } from "../clock.ts";
import type { Groups } from "./groups.ts";

/** Partition -> [settled up to, handed out up to]. */
export type Cursors = Record<string, readonly [settled: number, handed: number]>;

export interface GainedBucket {
  readonly bucket: number;
  readonly epoch: number;
  readonly cursors: Cursors;
  /** Owners that died since the cursors last moved; 0 after a clean hand-over. */
  readonly crashes: number;
}

/** One member's share of a subscription: which buckets it owns, kept by a lease. */
export interface Membership {
  readonly expiresMs: number;
  /**
   * Renews the lease, takes what is free up to a fair share. Answers what was gained, what was lost to others,
   * and how many of its buckets it should give away.
   */
  beat(): { gained: GainedBucket[]; lost: number[]; surplus: number };
  /** Whether members came or went, or a bucket waits for an owner. */
  hasChanged(): boolean;
  /** Moves the cursors; false when the bucket is owned by somebody else now. */
  commit(bucket: number, epoch: number, cursors: Cursors, moved: boolean): boolean;
  release(bucket: number, epoch: number, cursors: Cursors): void;
  leave(): void;
}

export interface MembershipTerms {
  readonly groups: Groups;
  readonly subscription: string;
  readonly buckets: number;
  /** Unique among all members; begins with `token` and a slash. */
  readonly member: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Whether the process that made this member name is known to be gone. */
  readonly isGone: (member: string) => boolean;
}

interface BucketRow {
  readonly bucket: number;
  readonly owner: string | null;
  readonly epoch: number;
  readonly expires_ms: number;
  readonly cursors: string;
  readonly crashes: number;
}

export function createMembership(terms: MembershipTerms): Membership {
  const { groups, subscription, member, leaseMs, clock } = terms;
  const { db } = groups;
  const enter = db.prepare("INSERT OR REPLACE INTO members VALUES (?, ?, ?)");
  const allMembers = db.prepare("SELECT member, expires_ms FROM members WHERE subscription = ?");
  const removeMember = db.prepare("DELETE FROM members WHERE subscription = ? AND member = ?");
  const makeBucket = db.prepare("INSERT OR IGNORE INTO buckets VALUES (?, ?, NULL, 0, 0, '{}', 0)");
  const allBuckets = db.prepare("SELECT * FROM buckets WHERE subscription = ?");
  const renew = db.prepare("UPDATE buckets SET expires_ms = ? WHERE subscription = ? AND owner = ?");
  const take = db.prepare(
    "UPDATE buckets SET owner = ?, epoch = epoch + 1, expires_ms = ?, crashes = ? WHERE subscription = ? AND bucket = ?",
  );
  const move = db.prepare(
    "UPDATE buckets SET cursors = ?, crashes = ? WHERE subscription = ? AND bucket = ? AND owner = ? AND epoch = ?",
  );
  const stay = db.prepare(
    "UPDATE buckets SET cursors = ? WHERE subscription = ? AND bucket = ? AND owner = ? AND epoch = ?",
  );
  const giveUp = db.prepare(
    `UPDATE buckets SET owner = NULL, expires_ms = 0, cursors = ?, crashes = 0
     WHERE subscription = ? AND bucket = ? AND owner = ? AND epoch = ?`,
  );
  const owned = new Set<number>();
  let expiresMs = 0;
  let living = 0;

  groups.write(() => {
    for (let bucket = 0; bucket < terms.buckets; bucket++) makeBucket.run(subscription, bucket);
  });

  const isFree = (row: BucketRow, nowMs: number) =>
    row.owner === null || row.expires_ms <= nowMs || (row.owner !== member && terms.isGone(row.owner));

  /** Members that live, this one included; forgets the others. */
  function countMembers(nowMs: number): number {
    living = 0;
    for (const row of allMembers.all(subscription) as unknown as { member: string; expires_ms: number }[]) {
      if (row.expires_ms > nowMs && !terms.isGone(row.member)) living++;
      else removeMember.run(subscription, row.member);
    }
    return living;
  }

  return {
    get expiresMs() {
      return expiresMs;
    },
    beat: () =>
      groups.write(() => {
        const nowMs = clock.now();
        expiresMs = nowMs + leaseMs;
        enter.run(subscription, member, expiresMs);
        renew.run(expiresMs, subscription, member);
        const fair = Math.ceil(terms.buckets / Math.max(1, countMembers(nowMs)));
        const gained: GainedBucket[] = [];
        const mine = new Set<number>();
        const rows = allBuckets.all(subscription) as unknown as BucketRow[];
        for (const row of rows) if (row.owner === member && owned.has(row.bucket)) mine.add(row.bucket);
        for (const row of rows) {
          if (mine.size >= fair) break;
          if (mine.has(row.bucket) || !isFree(row, nowMs)) continue;
          const crashes = row.owner === null ? 0 : row.crashes + 1;
          take.run(member, expiresMs, crashes, subscription, row.bucket);
          mine.add(row.bucket);
          gained.push({
            bucket: row.bucket,
            epoch: row.epoch + 1,
            cursors: JSON.parse(row.cursors),
            crashes,
          });
        }
        const lost = [...owned].filter((bucket) => !mine.has(bucket));
        owned.clear();
        for (const bucket of mine) owned.add(bucket);
        return { gained, lost, surplus: Math.max(0, mine.size - fair) };
      }),
    hasChanged() {
      const nowMs = clock.now();
      const members = allMembers.all(subscription) as unknown as { member: string; expires_ms: number }[];
      if (members.filter((row) => row.expires_ms > nowMs).length !== living) return true;
      if (owned.size === terms.buckets) return false;
      return (allBuckets.all(subscription) as unknown as BucketRow[]).some((row) => isFree(row, nowMs));
    },
    commit(bucket, epoch, cursors, moved) {
      const text = JSON.stringify(cursors);
      const result = moved
        ? move.run(text, 0, subscription, bucket, member, epoch)
        : stay.run(text, subscription, bucket, member, epoch);
      return Number(result.changes) === 1;
    },
    release(bucket, epoch, cursors) {
      owned.delete(bucket);
      giveUp.run(JSON.stringify(cursors), subscription, bucket, member, epoch);
    },
    leave() {
      removeMember.run(subscription, member);
    },
  };
}
