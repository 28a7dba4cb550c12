import type { RequeueTerms } from "../transport.ts";
import type { Groups } from "./groups.ts";

export interface RequeuedRow {
  readonly id: number;
  readonly frame: Uint8Array;
  readonly attempt: number;
  readonly generation: number;
}

/** Frames for one subscription only, waiting for their time. */
export type RequeuedFrames = ReturnType<typeof createRequeuedFrames>;

export function createRequeuedFrames(groups: Groups) {
  const { db } = groups;
  const insert = db.prepare(
    "INSERT INTO requeued (subscription, frame, attempt, generation, not_before_ms) VALUES (?, ?, ?, ?, ?)",
  );
  const due = db.prepare(
    `SELECT id, frame, attempt, generation FROM requeued
     WHERE subscription = ? AND not_before_ms <= ? AND id % ? IN (SELECT value FROM json_each(?))
       AND id NOT IN (SELECT value FROM json_each(?))
     ORDER BY id LIMIT ?`,
  );
  const nextDue = db.prepare(
    "SELECT min(not_before_ms) AS at FROM requeued WHERE subscription = ? AND not_before_ms > ?",
  );
  const tried = db.prepare("UPDATE requeued SET attempt = attempt + 1 WHERE id = ?");
  const putOff = db.prepare("UPDATE requeued SET not_before_ms = ? WHERE id = ?");
  const remove = db.prepare("DELETE FROM requeued WHERE id = ?");
  const count = db.prepare("SELECT count(*) AS n FROM requeued WHERE subscription = ?");
  const frames = db.prepare("SELECT frame FROM requeued WHERE subscription = ? LIMIT 10000");

  return {
    add(subscription: string, frame: Uint8Array, terms: RequeueTerms, notBeforeMs: number): void {
      insert.run(subscription, frame, terms.attempt, terms.generation, notBeforeMs);
    },
    /** Due rows of these buckets that are not out; their attempt is counted up for whoever gets them next. */
    take(
      subscription: string,
      nowMs: number,
      buckets: number,
      owned: readonly number[],
      out: readonly number[],
      limit: number,
    ) {
      const args = [subscription, nowMs, buckets, JSON.stringify(owned), JSON.stringify(out), limit] as const;
      const rows = due.all(...args) as unknown as RequeuedRow[];
      if (rows.length > 0) groups.write(() => rows.forEach((row) => tried.run(row.id)));
      return rows;
    },
    /** When the next one comes due, Unix ms; Infinity when none waits. */
    nextDueMs: (subscription: string, nowMs: number) =>
      (nextDue.get(subscription, nowMs) as { at: number | null }).at ?? Infinity,
    delay: (id: number, notBeforeMs: number) => void putOff.run(notBeforeMs, id),
    remove: (id: number) => void remove.run(id),
    count: (subscription: string) => (count.get(subscription) as { n: number }).n,
    frames: (subscription: string) =>
      (frames.all(subscription) as { frame: Uint8Array }[]).map((row) => row.frame),
  };
}
