import { setImmediate as turnOfLoop } from "node:timers/promises";
import type { Execution } from "@orrery/schema/orchestration/v1";
import { done, type Kit, LATENCY_BUCKETS_S, together, writing } from "@orrery/service";
import { type Lease, isContention, isStoreError } from "@orrery/simulation";
import { OrreryError, PLATFORM } from "@orrery/wire";
import type { Registry } from "../definitions/registry.ts";
import { isFinal } from "../engine/runs.ts";
import { orchestrationErrors } from "../errors.ts";
import { STREAM, type StreamRow } from "../store/rows.ts";
import { framesOf } from "./frames.ts";
import { createKept } from "./kept.ts";
import { createSheet, type Filled, type Sheet, type Tables } from "./sheet.ts";

/** One thing that is to be written; it does all of it or throws before it changes anything. */
export type Job<T> = (sheet: Sheet) => Promise<T>;

export interface Writer {
  /** Resolves with the answer once it is committed. @throws what the job throws, ORCH_BUSY, ORCH_STORE_AWAY */
  submit<T>(job: Job<T>): Promise<T>;
  problem(): string | undefined;
  /** Commits what waits and lets the last frames reach the bus. */
  close(): Promise<void>;
}

export interface WriterTerms {
  readonly kit: Kit;
  readonly lease: Lease;
  readonly registry: Registry;
  readonly queueLimit: number;
  /** Right after a commit, before anyone is answered. */
  committed(touched: ReadonlyMap<string, Execution>): void;
}

interface Waiting {
  readonly job: Job<unknown>;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}
type Outcome = { readonly answer: unknown } | { readonly error: unknown };

const BATCH_MOST = 128;
const RETRIES = 5;
const RETRY_FIRST_MS = 5;
const BUSY_MS = 250;
/** Batches on their way to the bus: more means that it does not keep up, and calls wait. */
const UNSENT_MOST = 16;
const SEND_MOST_MS = 5_000;
const KEPT_MOST = 4_096;

/** Combines what waits into one commit at a time. One process has it, by the lease. */
export function createWriter({ kit, lease, registry, queueLimit, committed }: WriterTerms): Writer {
  const db = kit.store.as<Tables>();
  const seconds = kit.metrics.histogram(
    "orrery_orchestration_commit_seconds",
    "Time of a commit",
    LATENCY_BUCKETS_S,
  );
  const incarnation = Math.floor(kit.clock.now()).toString(36);
  const stopping = new AbortController();
  const kept = createKept(KEPT_MOST);
  let stream: StreamRow | undefined;
  let queue: Waiting[] = [];
  let loop: Promise<void> | undefined;
  let sending: Promise<void> = Promise.resolve();
  let unsent = 0;
  let lastMs = 0;
  let away: string | undefined;
  /** A commit's outcome was not learnt: its frames may lie in the outbox, and are to go first. */
  let unsure = false;

  async function streamNow(): Promise<StreamRow> {
    if (stream !== undefined) return stream;
    const row = await db.selectFrom("stream").selectAll().where("world", "=", PLATFORM).executeTakeFirst();
    if (row !== undefined) return { ...row, next: Number(row.next) };
    return { world: PLATFORM, publisher: `${kit.service}/${PLATFORM}/s${incarnation}`, next: 1 };
  }

  async function commit(jobs: readonly Job<unknown>[]): Promise<readonly Outcome[]> {
    if (unsure) {
      stream = undefined;
      await kit.outbox.resume();
      unsure = false;
    }
    const nowMs = (lastMs = Math.max(lastMs, Math.floor(kit.clock.now())));
    let sheet: Filled | undefined;
    try {
      const before = await streamNow();
      const { outcomes, ids, frames } = await db.transaction().execute(async (tx) => {
        await together(tx, lease.checking);
        const filled = (sheet = createSheet({ db: tx, registry, nowMs, cached: (id) => kept.get(id) }));
        const outcomes = await doAll(filled, jobs);
        const frames = framesOf(filled.said, before, kit, nowMs);
        const after = { ...before, next: before.next + filled.said.length };
        const rows = [...filled.rows(), { table: STREAM, rows: filled.said.length === 0 ? [] : [after] }];
        const forgotten = filled.unawaited.map(({ execution, step }) =>
          tx.deleteFrom("awaited").where("execution", "=", execution).where("step", "=", step).compile(),
        );
        const put = kit.outbox.putting(frames);
        const [, , ids] = await together(tx, writing(kit.store.dialect, rows), done(...forgotten), put);
        stream = after;
        return { outcomes, ids, frames };
      });
      seconds((kit.clock.now() - nowMs) / 1_000);
      send(ids, frames);
      const { touched } = sheet as unknown as Filled;
      for (const [id, one] of touched) kept.put(id, isFinal(one) ? undefined : one);
      committed(touched);
      return outcomes;
    } catch (error) {
      // What was changed in memory and not written is read again.
      for (const id of sheet?.touched.keys() ?? []) kept.put(id, undefined);
      throw error;
    }
  }

  async function doAll(sheet: Sheet, jobs: readonly Job<unknown>[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const job of jobs) {
      try {
        outcomes.push({ answer: await job(sheet) });
      } catch (error) {
        if (!(error instanceof OrreryError)) throw error;
        outcomes.push({ error });
      }
    }
    return outcomes;
  }

  function send(ids: readonly number[], frames: readonly Uint8Array[]): void {
    if (frames.length === 0) return;
    unsent += 1;
    sending = sending.then(async () => {
      await kit.outbox.send(ids, frames);
      unsent -= 1;
    });
  }

  async function commitWithRetry(jobs: readonly Job<unknown>[]): Promise<readonly Outcome[]> {
    for (let tried = 0, waitMs = RETRY_FIRST_MS; ; tried++, waitMs *= 2) {
      try {
        return await commit(jobs);
      } catch (error) {
        unsure = true;
        if (!isContention(error) || tried >= RETRIES) throw error;
        await kit.clock.sleep(waitMs, stopping.signal);
      }
    }
  }

  async function doTogether(taken: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await commitWithRetry(taken.map(({ job }) => job));
      away = undefined;
      for (const [i, waiting] of taken.entries()) {
        const outcome = outcomes[i] as Outcome;
        if ("error" in outcome) waiting.reject(outcome.error);
        else waiting.resolve(outcome.answer);
      }
    } catch (error) {
      if (isStoreError(error)) {
        const why = error instanceof Error ? error.message : String(error);
        if (away === undefined) kit.log.error({ err: error }, "the database does not take what is written");
        away = why;
        const refusal = new OrreryError(orchestrationErrors.ORCH_STORE_AWAY, { given: why, cause: error });
        for (const waiting of taken) waiting.reject(refusal);
      } else if (taken.length > 1) {
        // One of them is broken: apart, the others are done.
        for (const waiting of taken) await doTogether([waiting]);
      } else taken[0]?.reject(error);
    }
  }

  async function run(): Promise<void> {
    // A turn of the event loop: what has arrived meanwhile shares the commit.
    for (await turnOfLoop(); queue.length > 0; await turnOfLoop()) {
      if (unsent >= UNSENT_MOST) await sending;
      await doTogether(queue.splice(0, BATCH_MOST));
    }
    loop = undefined;
  }

  return {
    submit: <T>(job: Job<T>) =>
      new Promise<T>((resolve, reject) => {
        if (stopping.signal.aborted || queue.length >= queueLimit) {
          const detail = { given: `${queue.length} wait`, retryAfterMs: BUSY_MS };
          return reject(new OrreryError(orchestrationErrors.ORCH_BUSY, detail));
        }
        queue.push({ job, resolve: resolve as Waiting["resolve"], reject });
        loop ??= run();
      }),
    problem: () => (away === undefined ? undefined : `nothing can be written: ${away}`),
    async close() {
      while (loop !== undefined) await loop;
      stopping.abort();
      const sent = new AbortController();
      await Promise.race([sending.then(() => sent.abort()), kit.clock.sleep(SEND_MOST_MS, sent.signal)]);
      queue = [];
    },
  };
}
