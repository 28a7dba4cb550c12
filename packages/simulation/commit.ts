import { commitTogether, done, type KitTables } from "@orrery/service";
import { IntakeBatch, Progress, Told } from "@orrery/schema/simulation/v1";
import { type Codec, encodeBytes, OrreryError } from "@orrery/wire";
import type { CompiledQuery } from "kysely";
import { adoptedFrame } from "./adopted.ts";
import { beginQuery, intakeQuery, progressQuery } from "./commit-rows.ts";
import { cutDue, hasTail } from "./cut-due.ts";
import { createCutter, type RunningCut } from "./cutter.ts";
import { intakeFrame, type IntakeSource, type Reserved, reserveIntake } from "./intake.ts";
import { simulationErrors } from "./errors.ts";
import type { GivenUp } from "./given-up.ts";
import type { Keeping } from "./keeping.ts";
import type { Lease } from "./lease.ts";
import { digestFrames } from "./outgoing.ts";
import { answerPlace, sealCollected, writesPersonal } from "./personal.ts";
import type { Collected } from "./shard.ts";
import type { Written } from "./written.ts";

/** An answer to keep for the repeats of a call. */
export interface Answer {
  readonly codec: Codec;
  readonly row: KitTables["answer"];
}

export interface Committer {
  /** The shard changed: resolves once that is committed. */
  commit(written: Written, answer?: Answer): Promise<void>;
  problem(): string | undefined;
  /** Whether a commit of this shard is under way. */
  busy(written: Written): boolean;
  /** Resolves when none is. */
  written(written: Written): Promise<void>;
  /** Writes the state as it is, with nothing that is not committed: resolves when a start would begin with it. */
  keep(written: Written): Promise<void>;
  /** Commits what is left, and lets the last frames reach the bus. These get a cut: the next start handles nothing again. */
  close(resting: readonly Written[]): Promise<void>;
}

/** Two commits are at least this far apart while many worlds change, so that they share one fsync. */
const GATHER_MS = 20;
/** A commit of fewer shards than this is followed at once: nobody would share the wait. */
const FEW = 4;
const RETRY_MS = 250;
const ANSWER_KEPT_MS = 24 * 3_600_000;
const PURGE_EVERY_MS = 600_000;

const NOTHING: Collected = { steps: [], frames: [], emitted: [], types: new Map() };

const isWhole = ({ shard, mending, unwritable }: Written) =>
  mending === undefined && !shard.broken && unwritable !== true;

/** What changed of a shard, taken from it in one go. */
interface Change {
  readonly written: Written;
  readonly collected: Collected;
  readonly seq: number;
  readonly batch: Uint8Array;
  /** Of the frames that it emitted. */
  readonly digest: Uint8Array;
  readonly progress: Uint8Array;
  readonly reserved: Reserved;
  /** Frames behind that of the record. */
  readonly more: readonly Uint8Array[];
  /** Of the state after it; begun with it. */
  readonly cut: RunningCut | undefined;
  readonly redriven: Written["redriven"];
}

/** A change as it is written. */
interface Row extends Pick<Change, "written" | "seq" | "batch" | "progress" | "cut" | "redriven"> {
  readonly frames: readonly Uint8Array[];
  readonly recordBytes: number;
}

/** A commit that was asked for. */
interface Asking {
  readonly written: Written;
  readonly answer: Answer | undefined;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Turns what shards took in into commits: their progress, inputs, answers and outgoing frames in one transaction
 * for all that changed meanwhile. State is not written with them, so the cost of a commit does not depend on its size: a cut
 * is begun when handling the inputs again would take too long.
 */
export function createCommitter(
  keeping: Keeping,
  lease: Lease,
  givenUp: GivenUp,
  unwritable: (written: Written) => void,
): Committer {
  const { kit, part, aggregate, handlers, codeVersion } = keeping;
  const db = kit.store.as<KitTables>();
  const seconds = kit.metrics.histogram(
    "orrery_commit_seconds",
    "Time of one commit",
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1],
  );
  const commits = kit.metrics.counter("orrery_shard_commits_total", "Shards written by commits");
  const events = kit.metrics.counter("orrery_events_emitted_total", "Events of worlds, by type", ["type"]);
  let asked: Asking[] = [];
  let current: Promise<void> = Promise.resolve();
  let loop: Promise<void> | undefined;
  let sending: Promise<void> = Promise.resolve();
  let writing: ReadonlySet<Written> = new Set();
  /** Whose last commit did not come about: their memory is ahead of the store. */
  const ahead = new Set<Written>();
  let failure: string | undefined;
  /** The last commit: when it ended, and how many shards it wrote. */
  let last = { atMs: Number.NEGATIVE_INFINITY, shards: 0 };
  let purgedMs = 0;
  const closing = new AbortController();

  const personal = writesPersonal(aggregate);
  const cutter = createCutter(keeping, lease, closing.signal);

  function batchOf({ steps, emitted, frames }: Collected): Pick<Change, "batch" | "digest"> {
    const digest = digestFrames(frames);
    const told = { codeVersion, emittedDigest: digest, emitted: [...emitted] };
    return { batch: encodeBytes(IntakeBatch, { steps: [...steps], ...told }), digest };
  }

  function changeOf(written: Written): Change | undefined {
    const { shard, facts } = written;
    const { adopted } = written;
    const collected = shard.collect() ?? (adopted && NOTHING);
    if (collected === undefined) return undefined;
    const seq = written.intakeSeq + 1;
    const told = batchOf(collected);
    written.tail.bytes += told.batch.length;
    const due = cutDue(written, seq, codeVersion);
    const source: IntakeSource = {
      ...facts,
      seq,
      codeVersion,
      timeMs: kit.hostMs(),
      adoptedFrom: adopted?.from ?? "",
      beginsCheckpoint: due === "told",
    };
    const reserved = reserveIntake(shard, source);
    const more = adopted === undefined ? [] : [adoptedFrame(shard, source, adopted)];
    const progress = encodeBytes(Progress, shard.progress);
    const { redriven } = written;
    const { atGs } = shard;
    // What a cut takes is taken by it alone: nothing may fail behind it.
    const cut =
      due && cutter.begin(written, { seq, progress, atGs, record: due === "told" ? reserved.id : undefined });
    written.redriven = [];
    written.adopted = undefined;
    return { written, collected, seq, ...told, progress, reserved, more, cut, redriven };
  }

  function rowOf({ collected, digest, reserved, more, ...row }: Change): Row {
    const record = intakeFrame(reserved, collected, digest);
    return { ...row, recordBytes: record.length, frames: [...collected.frames, record, ...more] };
  }

  async function sealed(change: Change): Promise<Change> {
    const { world } = change.written.facts;
    const collected = await sealCollected(kit.personal, handlers, world, change.collected);
    return { ...change, collected, ...batchOf(collected) };
  }

  async function sealedAnswer({ codec, row }: Answer): Promise<Answer> {
    const reply = await kit.personal.sealMessage(codec, row.reply, row.world, answerPlace(row.key));
    return { codec, row: { ...row, reply } };
  }

  /** Tries until the keys are there: nothing personal is written without. */
  async function sealUntilDone(
    changes: readonly Change[],
    kept: readonly Answer[],
  ): Promise<readonly [readonly Change[], readonly Answer[]]> {
    if (!personal) return [changes, kept];
    for (;;) {
      try {
        return [await Promise.all(changes.map(sealed)), await Promise.all(kept.map(sealedAnswer))];
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        if (closing.signal.aborted) throw error;
        await kit.clock.sleep(RETRY_MS, closing.signal);
      }
    }
  }

  function rowQueries({ written, seq, batch, progress }: Row): CompiledQuery[] {
    const { facts, began } = written;
    const row = { part, world: facts.world, seq, progress };
    const told = encodeBytes(Told, written.told);
    const isFirst = seq === 1 && began.length > 0;
    return [
      isFirst ? beginQuery(db, { ...row, began, told }) : progressQuery(db, row),
      intakeQuery(db, row, batch),
    ];
  }

  const redrivenQueries = ({ written, redriven }: Row) => givenUp.forgetting(written.facts.world, redriven);

  function answerQueries(kept: readonly Answer[]): CompiledQuery[] {
    const queries: CompiledQuery[] = [];
    if (kept.length > 0)
      queries.push(
        db
          .insertInto("answer")
          .values(kept.map(({ row }) => row))
          .compile(),
      );
    const now = kit.clock.now();
    if (now - purgedMs > PURGE_EVERY_MS) {
      purgedMs = now;
      queries.push(
        db
          .deleteFrom("answer")
          .where("at_ms", "<", now - ANSWER_KEPT_MS)
          .compile(),
      );
    }
    return queries;
  }

  async function write(rows: readonly Row[], kept: readonly Answer[]): Promise<readonly number[]> {
    const frames = rows.flatMap((row) => row.frames);
    const [, , ids] = await commitTogether(
      db,
      lease.checking,
      done(...rows.flatMap(rowQueries), ...rows.flatMap(redrivenQueries), ...answerQueries(kept)),
      kit.outbox.putting(frames),
    );
    return ids;
  }

  /** Tries the same commit until the store takes it: what is in memory must never get ahead for good. */
  async function writeUntilDone(rows: readonly Row[], kept: readonly Answer[]): Promise<readonly number[]> {
    for (;;) {
      try {
        const startMs = kit.clock.now();
        const ids = await write(rows, kept);
        seconds((kit.clock.now() - startMs) / 1000);
        failure = undefined;
        return ids;
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        if (closing.signal.aborted || (error as { code?: string }).code === "WORLD_COMMIT_REFUSED")
          throw error;
        await kit.clock.sleep(RETRY_MS, closing.signal);
      }
    }
  }

  /** A torn shard waits until it is whole, and nobody waits for it. */
  async function untilSomeIsWhole(): Promise<void> {
    while (!closing.signal.aborted && !asked.some(({ written }) => isWhole(written))) {
      const mends = asked.map(({ written }) => written.mending?.catch(() => undefined));
      const pause = kit.clock.sleep(RETRY_MS, closing.signal);
      await Promise.race([...mends.filter((mend) => mend !== undefined), pause]);
    }
  }

  /** What each shard took in; one that cannot be written fails alone, and is read back from its last commit. */
  function collect(ready: readonly Asking[]): { changes: Change[]; failed: ReadonlyMap<Written, unknown> } {
    const failed = new Map<Written, unknown>();
    const changes: Change[] = [];
    for (const written of new Set(ready.map((one) => one.written))) {
      try {
        const change = changeOf(written);
        if (change !== undefined) changes.push(change);
      } catch (error) {
        failed.set(written, error);
        written.unwritable = true;
        unwritable(written);
      }
    }
    return { changes, failed };
  }

  async function run(): Promise<void> {
    while (asked.length > 0) {
      const early = last.shards < FEW ? 0 : GATHER_MS - (kit.clock.now() - last.atMs);
      if (early > 0 && !closing.signal.aborted) await kit.clock.sleep(early, closing.signal);
      await sending;
      await untilSomeIsWhole();
      // From here to what is collected nothing else runs: what is whole stays so.
      const ready = asked.filter(({ written }) => isWhole(written));
      if (ready.length === 0 && closing.signal.aborted) break;
      asked = asked.filter(({ written }) => !isWhole(written));
      const { changes, failed } = collect(ready);
      for (const one of ready) if (failed.has(one.written)) one.reject(failed.get(one.written));
      const written = ready.filter((one) => !failed.has(one.written));
      writing = new Set(written.map((one) => one.written));
      try {
        const answers = written.flatMap(({ answer }) => answer ?? []);
        await (current = writeChanges(changes, answers));
        for (const one of written) one.resolve();
      } catch (error) {
        for (const { cut } of changes) await cut?.drop();
        for (const one of written) {
          ahead.add(one.written);
          one.reject(error);
        }
      } finally {
        writing = new Set();
      }
    }
    for (const { reject } of asked.splice(0)) reject(new OrreryError(simulationErrors.WORLD_NOT_OURS));
    loop = undefined;
  }

  async function writeChanges(changes: readonly Change[], kept: readonly Answer[]): Promise<void> {
    const [sealedChanges, sealedAnswers] = await sealUntilDone(changes, kept);
    const rows = sealedChanges.map(rowOf);
    const ids = await writeUntilDone(rows, sealedAnswers);
    last = { atMs: kit.clock.now(), shards: rows.length };
    commits(rows.length);
    const emitted = new Map<string, number>();
    for (const { collected } of changes)
      for (const [type, count] of collected.types) emitted.set(type, (emitted.get(type) ?? 0) + count);
    for (const [type, count] of emitted) events(count, { type });
    for (const { written, seq, recordBytes, redriven } of rows) {
      written.intakeSeq = seq;
      written.recordBytes += recordBytes;
      givenUp.forgotten(written.facts.world, redriven);
    }
    sending = kit.outbox.send(
      ids,
      rows.flatMap((row) => row.frames),
    );
    for (const { cut, written } of rows)
      void cut?.go().catch((err: unknown) => failedCut(err, written.facts.world));
  }

  function failedCut(err: unknown, world: string): void {
    if (!closing.signal.aborted)
      kit.log.error({ err, world }, "the state was not written; the next cut writes all of it");
  }

  const mayRest = (written: Written) =>
    hasTail(written) && written.shard.pending.length === 0 && isWhole(written) && !ahead.has(written);

  /** A cut of what the shard is now, of its last commit. */
  async function keep(written: Written): Promise<void> {
    await written.cut?.ended;
    const { shard, intakeSeq: seq } = written;
    const progress = encodeBytes(Progress, shard.progress);
    await cutter.begin(written, { seq, progress, atGs: shard.atGs }).go();
  }

  return {
    commit(written, answer) {
      const done = new Promise<void>((resolve, reject) => asked.push({ written, answer, resolve, reject }));
      // A turn later: what else arrives in this one shares the transaction.
      loop ??= Promise.resolve().then(run);
      return done;
    },
    busy: (written) => writing.has(written),
    async written(written) {
      while (writing.has(written)) await current.catch(() => undefined);
    },
    keep,
    problem: () => (failure === undefined ? cutter.problem() : `commits fail: ${failure}`),
    async close(resting) {
      closing.abort();
      await loop;
      await Promise.all(resting.map(({ cut }) => cut?.ended));
      for (const written of resting.filter(mayRest))
        await keep(written).catch((err: unknown) =>
          kit.log.warn({ err }, "no cut at the end: the next start handles what came in since the last"),
        );
      await Promise.race([sending, kit.clock.sleep(5_000)]);
    },
  };
}
