import { unlink } from "node:fs/promises";
import type { Groups } from "./groups.ts";
import type { LaneLog } from "./lane-log.ts";
import type { Cursors } from "./membership.ts";
import { listSegments } from "./segments.ts";

/**
 * Deletes the segments of this process's partitions that every subscription has passed; never the newest.
 * Answers how many. Subscriptions that never ran hold everything they may still want.
 */
export async function prune(
  groups: Groups,
  own: ReadonlyMap<string, { readonly dir: string; readonly log: LaneLog }>,
): Promise<number> {
  const { db } = groups;
  const subscriptions = db.prepare("SELECT id, starts FROM subscriptions").all() as {
    id: string;
    starts: string;
  }[];
  if (subscriptions.length === 0) return 0;
  const buckets = db.prepare("SELECT subscription, cursors FROM buckets").all() as {
    subscription: string;
    cursors: string;
  }[];
  const cursorsOf = Map.groupBy(buckets, (row) => row.subscription);
  const passed = (partition: string) =>
    Math.min(
      ...subscriptions.flatMap(({ id, starts }) => {
        const start = (JSON.parse(starts) as Record<string, number>)[partition] ?? 0;
        const rows = cursorsOf.get(id) ?? [];
        if (rows.length === 0) return [start];
        return rows.map((row) => (JSON.parse(row.cursors) as Cursors)[partition]?.[0] ?? start);
      }),
    );

  let deleted = 0;
  for (const [partition, { dir }] of own) {
    const upTo = passed(partition);
    const segments = listSegments(dir);
    const old = segments.filter((_, i) => (segments[i + 1]?.base ?? Infinity) <= upTo);
    if (old.length === 0) continue;
    // The cursors that allow this must not be lost to a power cut after the segments are gone.
    if (deleted === 0) await groups.durable();
    for (const segment of old) await unlink(segment.path);
    deleted += old.length;
    db.prepare("DELETE FROM barriers WHERE partition = ? AND position < ?").run(partition, upTo);
  }
  return deleted;
}
