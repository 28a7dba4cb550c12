import { Progress } from "@orrery/schema/simulation/v1";
import { encodeBytes, OrreryError } from "@orrery/wire";
import { type Answer, createAnswers } from "./answers.ts";
import { type Change, createChanges } from "./commit-change.ts";
import { createWriting } from "./commit-writing.ts";
import { hasTail, isTailLittle } from "./cut-due.ts";
import { createCutter } from "./cutter.ts";
import { simulationErrors } from "./errors.ts";
import type { GivenUp } from "./given-up.ts";
import type { Keeping } from "./keeping.ts";
import type { Lease } from "./lease.ts";
import type { Written } from "./written.ts";

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
  /** A cut of about now is closed once it resolves, if one is worth it. @returns whether it was */
  cut(written: Written): Promise<boolean>;
  /** Commits what is left, and lets the last frames reach the bus. These get a cut: the next start handles nothing again. */
  close(resting: readonly Written[]): Promise<void>;
}

/** Two commits are at least this far apart while many worlds change, so that they share one fsync. */
const GATHER_MS = 20;
/** A commit of fewer shards than this is followed at once: nobody would share the wait. */
const FEW = 4;
const RETRY_MS = 250;

const isWhole = ({ shard, mending, unwritable }: Written) =>
  mending === undefined && !shard.broken && unwritable !== true;

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
  const { kit } = keeping;
  const commits = kit.metrics.counter("orrery_shard_commits_total", "Shards written by commits");
  const events = kit.metrics.counter("orrery_events_emitted_total", "Events of worlds, by type", ["type"]);
  let asked: Asking[] = [];
  let current: Promise<void> = Promise.resolve();
  let loop: Promise<void> | undefined;
  let sending: Promise<void> = Promise.resolve();
  let writing: ReadonlySet<Written> = new Set();
  /** Whose last commit did not come about: their memory is ahead of the store. */
  const ahead = new Set<Written>();
  /** The last commit: when it ended, and how many shards it wrote. */
  let last = { atMs: Number.NEGATIVE_INFINITY, shards: 0 };
  const closing = new AbortController();
  const cutter = createCutter(keeping, lease, closing.signal);
  const taken = createChanges(keeping, cutter);
  const parts = { changes: taken, answers: createAnswers(kit) };
  const writer = createWriting(keeping, lease, givenUp, parts, closing.signal);

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
        const change = taken.take(written);
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
    const { rows, ids } = await writer.write(changes, kept);
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

  /** What it is now is its last commit. */
  const isAtRest = (written: Written) =>
    written.shard.pending.length === 0 && !writing.has(written) && isWhole(written);
  const mayRest = (written: Written) => hasTail(written) && isAtRest(written) && !ahead.has(written);

  /** Of what the shard is now, which is its last commit. */
  function beginCut(written: Written) {
    const { shard, intakeSeq: seq } = written;
    return cutter.begin(written, { seq, progress: encodeBytes(Progress, shard.progress), atGs: shard.atGs });
  }

  async function keep(written: Written): Promise<void> {
    await written.cut?.ended;
    await beginCut(written).go();
  }

  async function cutNow(written: Written): Promise<boolean> {
    for (;;) {
      // One that is under way is of a moment before.
      await written.cut?.ended;
      if (isTailLittle(written) || ahead.has(written)) return false;
      if (isAtRest(written)) {
        await beginCut(written).go();
        return true;
      }
      written.cutWanted = true;
      await commit(written);
      const { cut } = written;
      // A commit with nothing to write begins none.
      if (cut === undefined) continue;
      await cut.ended;
      return true;
    }
  }

  function commit(written: Written, answer?: Answer): Promise<void> {
    const done = new Promise<void>((resolve, reject) => asked.push({ written, answer, resolve, reject }));
    // A turn later: what else arrives in this one shares the transaction.
    loop ??= Promise.resolve().then(run);
    return done;
  }

  return {
    cut: cutNow,
    commit,
    busy: (written) => writing.has(written),
    async written(written) {
      while (writing.has(written)) await current.catch(() => undefined);
    },
    keep,
    problem() {
      const failure = writer.problem();
      return failure === undefined ? cutter.problem() : `commits fail: ${failure}`;
    },
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
