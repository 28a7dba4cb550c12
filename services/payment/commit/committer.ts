import { setImmediate as turn } from "node:timers/promises";
import { type Kit, type KitTables, LATENCY_BUCKETS_S, rowsFor, together, writing } from "@orrery/service";
import type { Lease } from "@orrery/simulation";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { paymentErrors } from "../errors.ts";
import type { PaymentTables } from "../tables.ts";
import { createSheet, streamName } from "./draft.ts";
import { framesOf } from "./frames.ts";
import { type Job, Refusal } from "./job.ts";
import { isContention, isStoreError } from "@orrery/simulation";

export interface Committer {
  /** Resolves with the answer once it is committed. @throws what the job throws, PAYMENT_BUSY, PAYMENT_STORE_AWAY */
  submit<T>(job: Job<T>): Promise<T>;
  /** Why calls that write are refused; undefined: they are not. */
  problem(): string | undefined;
  /** Commits what waits and lets the last frames reach the bus. */
  close(): Promise<void>;
}

interface Waiting {
  readonly job: Job<unknown>;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}
type Outcome = { readonly answer: unknown } | { readonly error: unknown };

/** Requests in one commit; more only make each wait longer. */
const BATCH_MOST = 64;
const RETRIES = 5;
const RETRY_FIRST_MS = 5;
const RETRY_AFTER_MS = 250;
/** Batches whose frames may be on their way to the bus: more means that it does not keep up, and calls wait. */
const UNSENT_MOST = 16;
/** What the bus does not take until then is sent by the next process. */
const SEND_MOST_MS = 5_000;

/** Combines the requests that wait into one commit at a time. One process has it, by the lease. */
export function createCommitter(kit: Kit, lease: Lease, queueLimit: number): Committer {
  const db = kit.store.as<KitTables>();
  const seconds = kit.metrics.histogram(
    "orrery_payment_commit_seconds",
    "Time of a commit",
    LATENCY_BUCKETS_S,
  );
  const combined = kit.metrics.counter("orrery_payment_commits_total", "Commits");
  const incarnation = Math.floor(kit.clock.now()).toString(36);
  const stopping = new AbortController();
  let queue: Waiting[] = [];
  let loop: Promise<void> | undefined;
  let sending: Promise<void> = Promise.resolve();
  let unsent = 0;
  let lastMs = 0;
  let away: string | undefined;
  /** A commit's outcome was not learnt: its frames may lie in the outbox, and are to go first. */
  let unsure = false;

  async function commit(jobs: readonly Job<unknown>[]): Promise<readonly Outcome[]> {
    if (unsure) await kit.outbox.resume();
    unsure = false;
    const nowMs = (lastMs = Math.max(lastMs, Math.floor(kit.clock.now())));
    const { outcomes, ids, frames } = await db.transaction().execute(async (tx) => {
      await together(tx, lease.checking);
      const sheet = createSheet({
        db: tx as unknown as Kysely<PaymentTables>,
        dialect: kit.store.dialect,
        nowMs,
        newPublisher: (world) => `${kit.service}/${world}/s${incarnation}`,
      });
      await sheet.load(
        jobs.flatMap(({ worlds, reads = [] }) => [...worlds.map((world) => streamName(world)), ...reads]),
      );
      const outcomes: Outcome[] = [];
      for (const job of jobs) {
        try {
          const answer = await sheet.attempt(() => job.run(sheet));
          outcomes.push(answer instanceof Refusal ? { error: answer.error } : { answer });
        } catch (error) {
          if (!(error instanceof OrreryError)) throw error;
          outcomes.push({ error });
        }
      }
      const frames = framesOf(sheet.told, kit, nowMs);
      const rows = sheet.changed().map(({ table, rows }) => rowsFor(table, rows));
      const [, ids] = await together(tx, writing(kit.store.dialect, rows), kit.outbox.putting(frames));
      return { outcomes, ids, frames };
    });
    seconds((kit.clock.now() - nowMs) / 1_000);
    combined();
    if (frames.length > 0) {
      unsent += 1;
      sending = sending.then(async () => {
        await kit.outbox.send(ids, frames);
        unsent -= 1;
      });
    }
    return outcomes;
  }

  /** The same jobs again while only others are in the way. */
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
      taken.forEach((waiting, i) => {
        const outcome = outcomes[i] as Outcome;
        if ("error" in outcome) waiting.reject(outcome.error);
        else waiting.resolve(outcome.answer);
      });
    } catch (error) {
      if (isStoreError(error)) {
        const why = error instanceof Error ? error.message : String(error);
        if (away === undefined) kit.log.error({ err: error }, "the database does not take what is written");
        away = why;
        const refusal = new OrreryError(paymentErrors.PAYMENT_STORE_AWAY, { given: why, cause: error });
        for (const waiting of taken) waiting.reject(refusal);
      } else if (taken.length > 1) {
        // One of them is broken: apart, the others are done.
        for (const waiting of taken) await doTogether([waiting]);
      } else taken[0]?.reject(error);
    }
  }

  /** Up to `BATCH_MOST` for one commit; one that asks beyond single rows is alone. */
  function take(): Waiting[] {
    if (queue[0]?.job.alone === true) return queue.splice(0, 1);
    const first = queue.findIndex(({ job }) => job.alone === true);
    return queue.splice(0, Math.min(BATCH_MOST, first < 0 ? queue.length : first));
  }

  async function run(): Promise<void> {
    // A turn of the event loop: what has arrived meanwhile shares the commit.
    for (await turn(); queue.length > 0; await turn()) {
      if (unsent >= UNSENT_MOST) await sending;
      await doTogether(take());
    }
    loop = undefined;
  }

  return {
    submit: <T>(job: Job<T>) =>
      new Promise<T>((resolve, reject) => {
        if (stopping.signal.aborted || queue.length >= queueLimit) {
          const detail = { given: `${queueLimit} calls wait`, retryAfterMs: RETRY_AFTER_MS };
          return reject(new OrreryError(paymentErrors.PAYMENT_BUSY, detail));
        }
        queue.push({ job, resolve: resolve as Waiting["resolve"], reject });
        loop ??= run();
      }),
    problem: () => (away === undefined ? undefined : `calls that write are refused: ${away}`),
    async close() {
      while (loop !== undefined) await loop;
      stopping.abort();
      const sent = new AbortController();
      await Promise.race([sending.then(() => sent.abort()), kit.clock.sleep(SEND_MOST_MS, sent.signal)]);
      queue = [];
    },
  };
}
