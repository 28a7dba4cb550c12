import { setImmediate as turnOfLoop } from "node:timers/promises";
import { type Kit, type KitTables, LATENCY_BUCKETS_S } from "@orrery/service";
import { type Codec, type ErrorKind, type InitOf, OrreryError } from "@orrery/wire";
import type { Transaction } from "kysely";
import { isContention, isStoreError } from "./store-errors.ts";

/** A request, to be done within a commit. */
export interface GroupJob {
  readonly reply: Codec;
}

/** What became of one request. */
export type Outcome = { readonly reply: unknown } | { readonly error: unknown };

/** What a commit came to: an outcome of each job, and what is to reach the bus. */
export interface GroupOutcome<Ground> {
  readonly outcomes: readonly Outcome[];
  readonly ground: Ground;
  readonly frames: readonly Uint8Array[];
  readonly outboxIds: readonly number[];
}

/** Combines the requests that wait into one commit at a time. */
export interface GroupCommit<Job extends GroupJob, Ground> {
  /** @throws what the job throws, and the `away` of its terms */
  submit<C extends Codec>(job: Job & { readonly reply: C }): Promise<InitOf<C>>;
  /** What all commits rest on, as of the last one. */
  readonly ground: Ground;
  /** Since when the database does not answer, Unix ms; undefined: it does. */
  readonly awaySinceMs: number | undefined;
  problem(): string | undefined;
  /** Commits what waits and lets the last frames reach the bus. */
  close(): Promise<void>;
}

export interface GroupTerms<Job extends GroupJob, Ground, Done extends GroupOutcome<Ground>> {
  readonly kit: Kit;
  readonly ground: Ground;
  /** More requests than these do not wait. */
  readonly queueLimit: number;
  /** Said to who asks while the database is away, or too many wait. */
  readonly away: ErrorKind;
  /** The histogram's name, `…_commit_seconds`. */
  readonly figure: string;
  /** Does the jobs one after the other in one transaction; where it throws, none of them is done. */
  commit(tx: Transaction<KitTables>, jobs: readonly Job[], ground: Ground): Promise<Done>;
  /** Right after a commit, before anyone is answered. */
  committed(outcome: Done): void;
  /** A commit's outcome is not known: what is held in memory is read anew. */
  reread(): Promise<Ground>;
}

interface Waiting<Job> {
  readonly job: Job;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

const BATCH_MOST = 256;
const RETRIES = 5;
const RETRY_FIRST_MS = 5;
/** What the bus does not take until then is sent by the next process. */
const SEND_MOST_MS = 5_000;

export function groupCommit<Job extends GroupJob, Ground, Done extends GroupOutcome<Ground>>(
  terms: GroupTerms<Job, Ground, Done>,
): GroupCommit<Job, Ground> {
  const { kit } = terms;
  const db = kit.store.as<KitTables>();
  const commitSeconds = kit.metrics.histogram(terms.figure, "Time of a commit", LATENCY_BUCKETS_S);
  const stopping = new AbortController();
  let { ground } = terms;
  let groundKnown = true;
  let queue: Waiting<Job>[] = [];
  let loop: Promise<void> | undefined;
  let sending: Promise<void> = Promise.resolve();
  let away: { readonly sinceMs: number; readonly why: string } | undefined;

  async function commit(jobs: readonly Job[]): Promise<Done> {
    if (!groundKnown) {
      ground = await terms.reread();
      groundKnown = true;
      await kit.outbox.resume();
    }
    const startMs = kit.clock.now();
    const outcome = await db.transaction().execute((tx) => terms.commit(tx, jobs, ground));
    commitSeconds((kit.clock.now() - startMs) / 1_000);
    ground = outcome.ground;
    terms.committed(outcome);
    return outcome;
  }

  /** The same jobs again while only others are in the way, against fresh rows. */
  async function commitWithRetry(jobs: readonly Job[]): Promise<Done> {
    for (let tried = 0, waitMs = RETRY_FIRST_MS; ; tried++, waitMs *= 2) {
      try {
        return await commit(jobs);
      } catch (error) {
        groundKnown = false;
        if (!isContention(error) || tried >= RETRIES) throw error;
        await kit.clock.sleep(waitMs, stopping.signal);
      }
    }
  }

  async function doTogether(taken: readonly Waiting<Job>[]): Promise<void> {
    try {
      const outcome = await commitWithRetry(taken.map(({ job }) => job));
      if (away !== undefined) kit.log.info("the database is back");
      away = undefined;
      const { outboxIds, frames } = outcome;
      if (frames.length > 0) sending = sending.then(() => kit.outbox.send(outboxIds, frames));
      for (const [at, { resolve, reject }] of taken.entries()) {
        const own = outcome.outcomes[at] as Outcome;
        if ("error" in own) reject(own.error);
        else resolve(own.reply);
      }
    } catch (error) {
      if (!isStoreError(error) && taken.length > 1) {
        // One of them is broken: apart, the others are done.
        for (const waiting of taken) await doTogether([waiting]);
        return;
      }
      if (!isStoreError(error)) return void taken[0]?.reject(error);
      const why = error instanceof Error ? error.message : String(error);
      if (away === undefined)
        kit.log.error({ err: error }, "the database is away: writes are refused until it is back");
      away ??= { sinceMs: kit.hostMs(), why };
      for (const { reject } of taken) reject(new OrreryError(terms.away, { given: why, cause: error }));
    }
  }

  async function run(): Promise<void> {
    // A turn of the event loop: what has arrived meanwhile shares the commit.
    for (await turnOfLoop(); queue.length > 0; await turnOfLoop()) {
      const taken = queue.slice(0, BATCH_MOST);
      queue = queue.slice(BATCH_MOST);
      await doTogether(taken);
    }
    loop = undefined;
  }

  return {
    submit: (job) =>
      new Promise((resolve, reject) => {
        if (queue.length >= terms.queueLimit) {
          const given = `${queue.length} writes wait`;
          return reject(new OrreryError(terms.away, { given, retryAfterMs: 250 }));
        }
        queue.push({ job, resolve: resolve as Waiting<Job>["resolve"], reject });
        loop ??= run();
      }),
    get ground() {
      return ground;
    },
    get awaySinceMs() {
      return away?.sinceMs;
    },
    problem: () => (away === undefined ? undefined : `writes are refused: ${away.why}`),
    async close() {
      while (loop !== undefined) await loop;
      stopping.abort();
      const sent = new AbortController();
      await Promise.race([sending.then(() => sent.abort()), kit.clock.sleep(SEND_MOST_MS, sent.signal)]);
    },
  };
}
