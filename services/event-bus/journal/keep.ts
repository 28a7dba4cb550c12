import type { FrameBatch } from "@orrery/bus";
import type { Kit } from "@orrery/service";
import { type Frame, OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { journalErrors } from "../errors.ts";
import { isDiskError } from "./disk-error.ts";
import { indexFrame } from "./index-frame.ts";
import type { Names } from "./names.ts";
import type { Segments } from "./segments.ts";
import { arrive, type Arrived, hasArrived } from "./streams.ts";
import { type FrameRow, type JournalTables, MENTION } from "./tables.ts";

/**
 * Frames gather this long, or up to this many bytes, for one commit; and so long from one commit to the next, which
 * hold up everything else that this process does.
 */
const GATHER_MS = 20;
const APART_MS = 100;
const GATHER_BYTES = 1024 * 1024;
const GAP_ALARM_MS = 30_000;
/** How often a commit is tried again while the disk takes nothing. */
const DISK_RETRY_MS = 1_000;

export interface Keeper {
  /** Resolves when the frame and its index are durable. */
  keep(batch: FrameBatch): Promise<void>;
  /** The same of a frame that was found in the files. @returns how many of its events were not known */
  adopt(frame: Frame): Promise<number>;
  /** Last ordinal of a world that is durable; of a fork without a word of its own, where it begins; 0: none. */
  newest(world: string): number;
  /** Its events were taken out. */
  forget(world: string): void;
  /** Called after each commit. */
  onCommit(listener: () => void): () => void;
  gaps(): readonly {
    readonly world: number;
    readonly publisher: number;
    readonly from: number;
    readonly to: number;
  }[];
  readonly events: number;
  /** Nothing is taken in as long as there is a reason: frames wait, unacknowledged. */
  hold(reason: string | undefined): void;
  close(): Promise<void>;
}

interface Waiting {
  readonly batch: Pick<FrameBatch, "frame" | "signal">;
  readonly bytes: Uint8Array;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Keeps frames: bytes to the segment, one index row a frame, both in one group commit. An event that is here
 * already is passed over by its publisher and sequence; a gap is remembered until it closes.
 */
export async function createKeeper(
  kit: Kit,
  db: Kysely<JournalTables>,
  names: Names,
  segments: Segments,
  startOf: (world: string) => number,
  isDeleted: (world: string) => boolean,
): Promise<Keeper> {
  const streams = new Map<string, Arrived>();
  const newest = new Map<number, number>();
  const listeners = new Set<() => void>();
  const kept = kit.metrics.counter("orrery_journal_events_total", "Events kept", ["lane"]);
  const keptBytes = kit.metrics.counter("orrery_journal_kept_bytes_total", "Bytes of frames kept", ["lane"]);
  for (const lane of Object.keys(LANES)) {
    kept(0, { lane });
    keptBytes(0, { lane });
  }
  const lag = kit.metrics.histogram(
    "orrery_journal_lag_seconds",
    "From publication to durable in the journal",
    [0.01, 0.05, 0.1, 0.3, 1, 2, 10],
  );
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let loop: Promise<void> | undefined;
  let events = 0;
  /** Why the disk takes nothing; undefined: it does. */
  let blocked: string | undefined;
  /** Why nothing may be written for now. */
  let held: string | undefined;
  let full = Promise.withResolvers<void>();
  const closing = new AbortController();

  for (const row of await db.selectFrom("stream").selectAll().execute()) {
    streams.set(`${row.world} ${row.publisher}`, {
      head: row.head,
      gaps: JSON.parse(row.gaps),
      gapSinceMs: undefined,
    });
  }
  const ends = await db
    .selectFrom("frame")
    .select(({ fn }) => ["world", fn.max("last").as("last")])
    .groupBy("world")
    .execute();
  for (const { world, last } of ends) newest.set(world, Number(last));

  /** Events at the frame's start that are known; all of them: the frame is a repeat. */
  function knownStart(frame: Frame, stream: Arrived): number {
    let known = 0;
    for (const cursor = frame.cursor(); cursor.next() && hasArrived(stream, cursor.sequence); ) known += 1;
    return known;
  }

  function prepare(
    frame: Frame,
    bytes: Uint8Array,
    before: Before,
    rows: Rows,
    heads: Map<number, number>,
  ): void {
    const world = names.of(frame.world);
    const publisher = names.of(frame.publisher);
    const slot = `${world} ${publisher}`;
    const stream = streams.get(slot) ?? { head: 0, gaps: [], gapSinceMs: undefined };
    const skip = knownStart(frame, stream);
    const count = frame.count - skip;
    if (count === 0) return;
    if (!before.has(slot)) before.set(slot, streams.has(slot) ? structuredClone(stream) : undefined);
    streams.set(slot, stream);
    const now = kit.clock.now();
    if (arrive(stream, frame.firstSequence, frame.lastSequence, now)) {
      kit.log.warn(
        { world: frame.world, publisher: frame.publisher, from: stream.gaps.at(-1) },
        "events are missing",
      );
    }
    const first = (heads.get(world) ?? newest.get(world) ?? startOf(frame.world)) + 1;
    const last = first + count - 1;
    heads.set(world, last);
    const index = indexFrame(frame, skip);
    const lane = LANES[frame.lane];
    rows.frames.push({
      world,
      first,
      last,
      skip,
      publisher,
      first_seq: frame.firstSequence,
      last_seq: frame.lastSequence,
      source: names.of(frame.source),
      lane,
      ...segments.append(bytes),
      from_ms: index.fromMs,
      to_ms: index.toMs,
      from_gs: index.fromGs,
      to_gs: index.toGs,
    });
    const mention = (kind: number, texts: ReadonlySet<string>) => {
      for (const text of texts) rows.mentions.push({ world, kind, name: names.of(text), frame: last });
    };
    mention(MENTION.type, index.types);
    mention(MENTION.key, index.keys);
    mention(MENTION.entity, index.entities);
    mention(MENTION.sealed, index.sealed);
    for (const cause of index.causes) {
      const [by = "", sequence = "0"] = cause.split("\n");
      rows.causes.push({ world, publisher: names.of(by), sequence: Number(sequence), frame: last });
    }
    rows.kept.push({
      world,
      lane: frame.lane,
      count,
      bytes: bytes.length,
      lagMs: Math.max(0, now - index.toMs),
    });
  }

  /** @returns false when the disk takes nothing: nothing is kept, and the same batch may be tried again */
  async function commit(batch: readonly Waiting[]): Promise<boolean> {
    const mark = segments.mark();
    const before: Before = new Map();
    const heads = new Map<number, number>();
    const rows: Rows = { frames: [], mentions: [], causes: [], kept: [] };
    try {
      for (const { batch: given, bytes } of batch) prepare(given.frame, bytes, before, rows, heads);
      await segments.sync();
      await db.transaction().execute(async (tx) => {
        await names.flush(tx);
        for (const part of parts(rows.frames)) await tx.insertInto("frame").values(part).execute();
        for (const part of parts(rows.mentions)) await tx.insertInto("mention").values(part).execute();
        for (const part of parts(rows.causes)) await tx.insertInto("cause").values(part).execute();
        for (const slot of before.keys()) {
          const [world = 0, publisher = 0] = slot.split(" ").map(Number);
          const { head, gaps } = streams.get(slot) as Arrived;
          const values = { head, gaps: JSON.stringify(gaps) };
          await tx
            .insertInto("stream")
            .values({ world, publisher, ...values })
            .onConflict((c) => c.columns(["world", "publisher"]).doUpdateSet(values))
            .execute();
        }
      });
      names.committed();
      segments.indexed();
      blocked = undefined;
      for (const { world, lane, count, bytes, lagMs } of rows.kept) {
        events += count;
        kept(count, { lane });
        keptBytes(bytes, { lane });
        lag(lagMs / 1000);
        newest.set(world, heads.get(world) ?? 0);
      }
      for (const { resolve } of batch) resolve();
      for (const listener of listeners) listener();
    } catch (error) {
      for (const [slot, stream] of before) {
        if (stream === undefined) streams.delete(slot);
        else streams.set(slot, stream);
      }
      if (isDiskError(error)) {
        await segments.takeBack(mark);
        if (blocked === undefined)
          kit.log.error({ err: error }, "the journal cannot be written; intake waits");
        blocked = error instanceof Error ? error.message : String(error);
        return false;
      }
      for (const { reject } of batch) reject(error);
    }
    return true;
  }

  /**
   * A full disk is no event's fault: its frames wait here unacknowledged, since each retry of the bus would
   * bring them closer to the dead letters. Those whose lease has gone are left to whoever has it now.
   */
  async function commitWhenPossible(given: readonly Waiting[]): Promise<void> {
    let batch = given;
    while (batch.length > 0 && (held !== undefined || !(await commit(batch)))) {
      await kit.clock.sleep(DISK_RETRY_MS, closing.signal);
      const stillOurs = ({ batch: { signal } }: Waiting) => !signal.aborted && !closing.signal.aborted;
      for (const one of batch) {
        if (!stillOurs(one))
          one.reject(new OrreryError(journalErrors.BUS_JOURNAL_DISK, { given: held ?? blocked ?? "" }));
      }
      batch = batch.filter(stillOurs);
    }
  }

  let committedMs = Number.NEGATIVE_INFINITY;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      if (waitingBytes < GATHER_BYTES) {
        const apartMs = Math.min(committedMs + APART_MS - kit.clock.now(), APART_MS);
        await Promise.race([kit.clock.sleep(Math.max(GATHER_MS, apartMs), closing.signal), full.promise]);
      }
      const batch = waiting;
      waiting = [];
      waitingBytes = 0;
      full = Promise.withResolvers();
      await commitWhenPossible(batch);
      committedMs = kit.clock.now();
    }
    loop = undefined;
  }

  kit.health.add({ name: "disk", kind: "progress", ask: () => held ?? blocked });
  kit.health.add({
    name: "gaps",
    kind: "progress",
    ask() {
      const now = kit.clock.now();
      const open = [...streams.values()].filter(
        ({ gapSinceMs }) => gapSinceMs !== undefined && now - gapSinceMs > GAP_ALARM_MS,
      );
      return open.length === 0
        ? undefined
        : `${open.length} publishers have events missing for more than 30 s`;
    },
  });

  return {
    keep(batch) {
      if (isDeleted(batch.world)) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const bytes = batch.frame.bytes;
        waiting.push({ batch, bytes, resolve, reject });
        waitingBytes += bytes.length;
        if (waitingBytes >= GATHER_BYTES) full.resolve();
        loop ??= run();
      });
    },
    async adopt(frame) {
      const before = events;
      const waits = { batch: { frame, signal: closing.signal }, bytes: frame.bytes };
      await new Promise<void>((resolve, reject) => {
        void commitWhenPossible([{ ...waits, resolve, reject }]);
      });
      return events - before;
    },
    newest: (world) => newest.get(names.known(world) ?? -1) ?? startOf(world),
    forget: (world) => void newest.delete(names.known(world) ?? -1),
    onCommit(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    gaps: () =>
      [...streams].flatMap(([slot, { gaps }]) => {
        const [world = 0, publisher = 0] = slot.split(" ").map(Number);
        return gaps.map(([from, to]) => ({ world, publisher, from, to }));
      }),
    get events() {
      return events;
    },
    hold: (reason) => (held = reason),
    async close() {
      closing.abort();
      await loop;
    },
  };
}

/** Streams as they were before the commit, by slot; undefined: not there. */
type Before = Map<string, Arrived | undefined>;

interface Rows {
  readonly frames: FrameRow[];
  readonly mentions: JournalTables["mention"][];
  readonly causes: JournalTables["cause"][];
  /** What counts once the commit is durable. */
  readonly kept: { world: number; lane: Frame["lane"]; count: number; bytes: number; lagMs: number }[];
}

const LANES = { realtime: 1, standard: 2, bulk: 3 } as const;
/** Bound parameters of one statement are limited; the widest row has 16. */
const ROWS_A_STATEMENT = 500;

function parts<T>(rows: readonly T[]): T[][] {
  const all: T[][] = [];
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) all.push(rows.slice(at, at + ROWS_A_STATEMENT));
  return all;
}
