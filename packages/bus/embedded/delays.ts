import type { Groups } from "./groups.ts";
import type { LogRecord } from "./log-record.ts";

/** A frame of the log that was handed back for later. */
export interface Delay {
  readonly partition: string;
  readonly position: number;
  readonly notBeforeMs: number;
  readonly attempt: number;
  /** The frame, once it has been read here. */
  record: LogRecord | undefined;
}

/** Frames handed back with a pause; kept on disk, so that a new owner keeps the pause and the count. */
export type Delays = ReturnType<typeof createDelays>;

export function createDelays(groups: Groups) {
  const { db } = groups;
  const select = db.prepare(
    "SELECT partition, position, not_before_ms, attempt FROM delays WHERE subscription = ? AND bucket = ? ORDER BY partition, position",
  );
  const upsert = db.prepare("INSERT OR REPLACE INTO delays VALUES (?, ?, ?, ?, ?, ?)");
  const remove = db.prepare(
    "DELETE FROM delays WHERE subscription = ? AND bucket = ? AND partition = ? AND position = ?",
  );
  const byBucket = new Map<string, Map<string, Delay>>();
  const bucketName = (subscription: string, bucket: number) => `${subscription} ${bucket}`;
  const placeName = (partition: string, position: number) => `${partition}@${position}`;
  const NONE: ReadonlyMap<string, Delay> = new Map();

  const bucketDelays = (subscription: string, bucket: number) =>
    byBucket.get(bucketName(subscription, bucket)) ?? NONE;

  return {
    load(subscription: string, bucket: number): void {
      const rows = select.all(subscription, bucket) as unknown as {
        partition: string;
        position: number;
        not_before_ms: number;
        attempt: number;
      }[];
      if (rows.length === 0) return;
      const delays = new Map<string, Delay>();
      for (const { partition, position, not_before_ms: notBeforeMs, attempt } of rows) {
        delays.set(placeName(partition, position), {
          partition,
          position,
          notBeforeMs,
          attempt,
          record: undefined,
        });
      }
      byBucket.set(bucketName(subscription, bucket), delays);
    },
    forget: (subscription: string, bucket: number) => void byBucket.delete(bucketName(subscription, bucket)),
    of: (subscription: string, bucket: number): Iterable<Delay> =>
      bucketDelays(subscription, bucket).values(),
    find: (subscription: string, bucket: number, partition: string, position: number): Delay | undefined => {
      const delays = bucketDelays(subscription, bucket);
      return delays.size === 0 ? undefined : delays.get(placeName(partition, position));
    },
    put(
      subscription: string,
      bucket: number,
      partition: string,
      record: LogRecord,
      notBeforeMs: number,
      attempt: number,
    ): void {
      const { position } = record;
      upsert.run(subscription, bucket, partition, position, notBeforeMs, attempt);
      const name = bucketName(subscription, bucket);
      const delays = new Map(byBucket.get(name) ?? NONE);
      delays.set(placeName(partition, position), { partition, position, notBeforeMs, attempt, record });
      byBucket.set(name, new Map([...delays].sort(([, a], [, b]) => a.position - b.position)));
    },
    remove(subscription: string, bucket: number, partition: string, position: number): void {
      const delays = byBucket.get(bucketName(subscription, bucket));
      if (delays?.delete(placeName(partition, position)))
        remove.run(subscription, bucket, partition, position);
    },
  };
}
