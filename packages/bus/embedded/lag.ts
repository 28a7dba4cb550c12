import { type FrameHead } from "@orrery/wire";
import { frameHead } from "../head.ts";
import { frameFilter } from "../filter.ts";
import type { SubscriptionSpec, TransportLag } from "../transport.ts";
import { bucketOf } from "./bucket.ts";
import type { EmbeddedConsumer } from "./consumer.ts";
import type { Groups } from "./groups.ts";
import type { Damage } from "./log-record.ts";
import type { Cursors } from "./membership.ts";
import type { Partitions } from "./partitions.ts";
import { createReader } from "./reader.ts";
import type { Starts } from "./topology.ts";

export interface LagTerms {
  readonly spec: SubscriptionSpec;
  readonly starts: Starts;
  readonly groups: Groups;
  readonly partitions: Partitions;
  readonly buckets: number;
  /** Members in this process: they know more than the cursors on disk. */
  readonly local: readonly EmbeddedConsumer[];
  readonly longestFrame: number;
  readonly requeued: readonly Uint8Array[];
  readonly deadLetters: number;
  /** Only what is not settled is of interest. */
  readonly onlyOpen: boolean;
  /** By partition, where the subscription stood when it was looked at last: what it has settled since is told once more. */
  readonly lookedTo: Map<string, number>;
}

/**
 * Reads the log from where the subscription stands to its end: exact, and as long as the backlog. Where a member here
 * stands it knows itself; cursors on disk come after it, and may be far behind.
 */
export async function readLag(terms: LagTerms): Promise<TransportLag> {
  const cursors = readCursors(terms);
  const wants = frameFilter(terms.spec);
  const publishers = new Map<string, { world: string; head: number; lowest: number; events: number }>();
  let events = 0;
  let frames = 0;
  let oldestMs: number | undefined;

  const waits = (head: FrameHead) => {
    frames++;
    events += head.count;
    oldestMs = Math.min(oldestMs ?? Infinity, head.timeMs);
  };
  const see = (head: FrameHead, settled: boolean) => {
    const { world } = head;
    const one = publishers.get(head.publisher) ?? { world, head: 0, lowest: Infinity, events: 0 };
    publishers.set(head.publisher, one);
    one.head = Math.max(one.head, head.lastSequence);
    if (settled) return;
    one.lowest = Math.min(one.lowest, head.firstSequence);
    one.events += head.count;
    waits(head);
  };

  const here = (partition: string, bucket: number) =>
    terms.local.map((one) => one.settledTo(partition, bucket)).find((one) => one !== undefined);

  for (const partition of terms.partitions.list()) {
    const settledTo = (bucket: number) =>
      here(partition.name, bucket) ??
      cursors.get(bucket)?.[partition.name]?.[0] ??
      terms.starts[partition.name] ??
      0;
    let from = Infinity;
    for (let bucket = 0; bucket < terms.buckets; bucket++) from = Math.min(from, settledTo(bucket));
    if (!terms.onlyOpen) {
      // Rates are made of what was settled since.
      const before = terms.lookedTo.get(partition.name) ?? from;
      terms.lookedTo.set(partition.name, from);
      from = Math.min(from, before);
    }
    const end = terms.partitions.endOf(partition);
    if (from >= end) continue;
    const reader = createReader(partition, from, terms.longestFrame, ignoreDamage);
    for (;;) {
      const record = reader.peek();
      if (record === undefined) {
        if (reader.position >= end || !(await reader.fill())) break;
        continue;
      }
      reader.shift();
      if (!wants(record.head)) continue;
      const bucket = bucketOf(record.position, terms.buckets);
      const settled = terms.local
        .map((one) => one.isSettled(partition.name, record.position))
        .find((one) => one !== undefined);
      see(record.head, settled ?? record.position < settledTo(bucket));
    }
    await reader.close();
  }

  const requeued = terms.requeued.map(frameHead);
  for (const head of requeued) waits(head);
  return {
    events,
    frames,
    oldestMs,
    requeued: requeued.length,
    deadLetters: terms.deadLetters,
    publishers: [...publishers].map(([publisher, one]) => ({
      publisher,
      world: one.world,
      head: one.head,
      handled: one.lowest === Infinity ? one.head : one.lowest - 1,
      events: one.events,
    })),
  };
}

function readCursors({ groups, spec }: LagTerms): Map<number, Cursors> {
  const rows = groups.db.prepare("SELECT bucket, cursors FROM buckets WHERE subscription = ?").all(spec.id);
  return new Map(
    (rows as unknown as { bucket: number; cursors: string }[]).map((row) => [
      row.bucket,
      JSON.parse(row.cursors),
    ]),
  );
}

/** The members that read for real tell about it. */
function ignoreDamage(_: Damage): void {}
