import { setImmediate as turn } from "node:timers/promises";
import { type Kit, type KitTables, LATENCY_BUCKETS_S } from "@orrery/service";
import { type Lease, simulationErrors, isContention, isStoreError } from "@orrery/simulation";
import { type Codec, type InitOf, isError, OrreryError } from "@orrery/wire";
import type { Registry } from "../collections/registry.ts";
import { stateErrors } from "../errors.ts";
import { type Batch, doBatch, settle } from "./batch.ts";
import { type Ground, readGround } from "./ground.ts";
import type { StateTables } from "../tables.ts";
import type { Job } from "./job.ts";
import { createFairQueue, type Waiting } from "./queue.ts";
import type { QuotaLimits } from "./quota.ts";

export interface Committer {
  /** Resolves with the answer once it is committed. @throws what the job throws, STATE_BUSY, STATE_STORE_AWAY */
  submit<C extends Codec>(job: Job<C>, signal?: AbortSignal): Promise<InitOf<C>>;
  readonly ground: Ground;
  /** Since when the database does not answer, Unix ms; undefined: it does. */
  readonly awaySinceMs: number | undefined;
  problem(): string | undefined;
  /** Commits what waits and lets the last frames reach the bus. */
  close(): Promise<void>;
}

export interface CommitterTerms {
  readonly kit: Kit;
  readonly lease: Lease;
  readonly ground: Ground;
  readonly registry: Registry;
  readonly salt: Uint8Array;
  readonly limits: (owner: string) => QuotaLimits;
  readonly queueLimit: number;
  /** Right after a commit, before anyone is answered. */
  committed(batch: Batch): void;
  /** A commit's outcome is not known, or the ground was read anew: what was derived from it may be old. */
  unsure(): void;
}

/** Requests in one commit; more only make each wait longer. */
const BATCH_MOST = 256;
const WAIT_MOST_MS = 1_000;
const SHED_EVERY_MS = 100;
const PROBE_EVERY_MS = 500;
const RETRIES = 5;
const RETRY_FIRST_MS = 5;
/** Batches whose frames may be on their way to the bus: more means that it does not keep up, and writes wait. */
const UNSENT_MOST = 16;
/** What the bus does not take until then is sent by the next process. */
const SEND_MOST_MS = 5_000;

/** Combines the requests that wait into one commit at a time. */
export function createCommitter(terms: CommitterTerms): Committer {
  const { kit, lease } = terms;
  const db = kit.store.as<KitTables>();
  const shedTotal = kit.metrics.counter("orrery_state_shed_total", "Writes refused with STATE_BUSY");
  const queue = createFairQueue(terms.queueLimit, shedTotal);
  const waitSeconds = kit.metrics.histogram(
    "orrery_state_queue_seconds",
    "Wait for a commit",
    LATENCY_BUCKETS_S,
  );
  const commitSeconds = kit.metrics.histogram(
    "orrery_state_commit_seconds",
    "Time of a commit",
    LATENCY_BUCKETS_S,
  );
  const commits = kit.metrics.counter("orrery_state_commits_total", "Commits");
  const combined = kit.metrics.counter(
    "orrery_state_combined_total",
    "Requests in commits; over commits: how well they combine",
  );
  const stopping = new AbortController();
  const incarnation = Math.floor(kit.clock.now()).toString(36);
  let { ground } = terms;
  let groundKnown = true;
  let loop: Promise<void> | undefined;
  let shedding: Promise<void> | undefined;
  let probing: Promise<void> | undefined;
  let sending: Promise<void> = Promise.resolve();
  let unsent = 0;
  let lastMs = 0;
  let away: { readonly sinceMs: number; readonly why: string } | undefined;

  async function commit(jobs: readonly Job[]): Promise<Batch> {
    if (!groundKnown) {
      ground = await readGround(kit.store.as<StateTables>());
      terms.unsure();
      groundKnown = true;
      await kit.outbox.resume();
    }
    const nowMs = (lastMs = Math.max(lastMs, kit.clock.now()));
    const { registry, salt, limits } = terms;
    const startMs = kit.clock.now();
    const batch = await db
      .transaction()
      .execute((tx) => doBatch(tx, jobs, { kit, lease, ground, registry, salt, incarnation, nowMs, limits }));
    commitSeconds((kit.clock.now() - startMs) / 1000);
    commits();
    combined(jobs.length);
    settle(ground, batch);
    terms.committed(batch);
    for (const job of batch.done) job.done?.();
    return batch;
  }

  /** The same jobs again while only others are in the way, against fresh rows. */
  async function commitWithRetry(jobs: readonly Job[]): Promise<Batch> {
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

  function sendOn({ outboxIds, frames }: Batch): void {
    if (frames.length === 0) return;
    unsent += 1;
    sending = sending.then(async () => {
      await kit.outbox.send(outboxIds, frames);
      unsent -= 1;
    });
  }

  async function doTogether(taken: readonly Waiting[]): Promise<void> {
    try {
      const batch = await commitWithRetry(taken.map(({ job }) => job));
      back();
      sendOn(batch);
      taken.forEach((waiting, i) => {
        const outcome = batch.outcomes[i] as Batch["outcomes"][number];
        if ("error" in outcome) waiting.reject(outcome.error);
        else waiting.resolve(outcome.reply);
      });
    } catch (error) {
      const [only] = taken;
      if (error instanceof OrreryError && !isError(error, simulationErrors.WORLD_COMMIT_REFUSED)) {
        // Only a job of its own lets its refusal end the transaction.
        only?.reject(error);
        return;
      }
      if (taken.length > 1 && !isStoreError(error)) {
        // One of them is broken: apart, the others are done.
        for (const waiting of taken) await doTogether([waiting]);
        return;
      }
      if (!isStoreError(error)) return void only?.reject(error);
      const why = error instanceof Error ? error.message : String(error);
      leave(why, error);
      for (const waiting of taken)
        waiting.reject(new OrreryError(stateErrors.STATE_STORE_AWAY, { given: why, cause: error }));
    }
  }

  /** Said once, however many commits fail until it is back. */
  function leave(why: string, error: unknown): void {
    if (away !== undefined) return;
    away = { sinceMs: kit.clock.now(), why };
    probing ??= probe();
    kit.log.error({ err: error }, "the database is away: writes are refused until it is back");
  }

  function back(): void {
    if (away === undefined) return;
    kit.log.info({ awayMs: kit.clock.now() - away.sinceMs }, "the database is back");
    away = undefined;
  }

  /** Looks whether the database is back: nobody may write for a while, and reads are marked as old meanwhile. */
  async function probe(): Promise<void> {
    while (away !== undefined && !stopping.signal.aborted) {
      await kit.clock.sleep(PROBE_EVERY_MS, stopping.signal);
      const answers = await db
        .selectFrom("lease")
        .select("owner")
        .limit(1)
        .execute()
        .then(
          () => true,
          () => false,
        );
      if (answers) back();
    }
    probing = undefined;
  }

  async function run(): Promise<void> {
    // A turn of the event loop: what has arrived meanwhile shares the commit.
    for (await turn(); queue.size > 0; await turn()) {
      if (unsent >= UNSENT_MOST) await sending;
      const now = kit.clock.now();
      const taken = queue.take(BATCH_MOST);
      for (const { sinceMs } of taken) waitSeconds((now - sinceMs) / 1000);
      if (taken.length > 0) await doTogether(taken);
    }
    loop = undefined;
  }

  async function shed(): Promise<void> {
    while (queue.size > 0 && !stopping.signal.aborted) {
      await kit.clock.sleep(SHED_EVERY_MS, stopping.signal);
      const count = queue.shed(kit.clock.now() - WAIT_MOST_MS);
      if (count > 0) shedTotal(count);
    }
    shedding = undefined;
  }

  return {
    submit: (job, signal) =>
      new Promise((resolve, reject) => {
        queue.add({ job, sinceMs: kit.clock.now(), signal, resolve: resolve as Waiting["resolve"], reject });
        loop ??= run();
        shedding ??= shed();
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
      await probing;
      const sent = new AbortController();
      await Promise.race([sending.then(() => sent.abort()), kit.clock.sleep(SEND_MOST_MS, sent.signal)]);
    },
  };
}
