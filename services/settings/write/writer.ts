import { setImmediate as turnOfLoop } from "node:timers/promises";
import { type Kit, type KitTables, LATENCY_BUCKETS_S } from "@orrery/service";
import { type Lease, isContention, isStoreError } from "@orrery/simulation";
import { type Codec, type InitOf, OrreryError } from "@orrery/wire";
import { settingsErrors } from "../errors.ts";
import type { SettingsTables } from "../tables.ts";
import { type Committed, commitJobs } from "./commit.ts";
import { type Ground, readGround } from "./ground.ts";
import type { PlayerRows } from "./player.ts";
import type { Job } from "./turn.ts";

/** Combines the requests that wait into one commit at a time. */
export interface Writer {
  /** @throws what the job throws, SETTINGS_STORE_AWAY */
  submit<C extends Codec>(job: Job<C>): Promise<InitOf<C>>;
  readonly ground: Ground;
  /** Since when the database does not answer, Unix ms; undefined: it does. */
  readonly awaySinceMs: number | undefined;
  problem(): string | undefined;
  /** Commits what waits and lets the last frames reach the bus. */
  close(): Promise<void>;
}

export interface WriterTerms {
  readonly kit: Kit;
  readonly lease: Lease;
  readonly ground: Ground;
  readonly queueLimit: number;
  cached(player: string): PlayerRows | undefined;
  /** Right after a commit, before anyone is answered. */
  committed(outcome: Committed): void;
  /** A commit's outcome is not known: what is held of players may be old. */
  unsure(): void;
}

interface Waiting {
  readonly job: Job;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

const BATCH_MOST = 256;
const RETRIES = 5;
const RETRY_FIRST_MS = 5;
/** What the bus does not take until then is sent by the next process. */
const SEND_MOST_MS = 5_000;

export function createWriter(terms: WriterTerms): Writer {
  const { kit, lease } = terms;
  const db = kit.store.as<KitTables>();
  const commitSeconds = kit.metrics.histogram(
    "orrery_settings_commit_seconds",
    "Time of a commit",
    LATENCY_BUCKETS_S,
  );
  const incarnation = Math.floor(kit.clock.now()).toString(36);
  const stopping = new AbortController();
  let { ground } = terms;
  let groundKnown = true;
  let queue: Waiting[] = [];
  let loop: Promise<void> | undefined;
  let sending: Promise<void> = Promise.resolve();
  let away: { readonly sinceMs: number; readonly why: string } | undefined;

  async function commit(jobs: readonly Job[]): Promise<Committed> {
    if (!groundKnown) {
      ground = await readGround(kit.store.as<SettingsTables>());
      terms.unsure();
      groundKnown = true;
      await kit.outbox.resume();
    }
    const startMs = kit.clock.now();
    const around = { kit, lease, ground, incarnation, nowMs: kit.hostMs(), cached: terms.cached };
    const outcome = await db.transaction().execute((tx) => commitJobs(tx, jobs, around));
    commitSeconds((kit.clock.now() - startMs) / 1_000);
    ground = outcome.ground;
    terms.committed(outcome);
    return outcome;
  }

  /** The same jobs again while only others are in the way, against fresh rows. */
  async function commitWithRetry(jobs: readonly Job[]): Promise<Committed> {
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

  async function doTogether(taken: readonly Waiting[]): Promise<void> {
    try {
      const outcome = await commitWithRetry(taken.map(({ job }) => job));
      if (away !== undefined) kit.log.info("the database is back");
      away = undefined;
      const { outboxIds, frames } = outcome;
      if (frames.length > 0) sending = sending.then(() => kit.outbox.send(outboxIds, frames));
      for (const [at, { resolve, reject }] of taken.entries()) {
        const own = outcome.outcomes[at] as Committed["outcomes"][number];
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
      for (const { reject } of taken)
        reject(new OrreryError(settingsErrors.SETTINGS_STORE_AWAY, { given: why, cause: error }));
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
          return reject(new OrreryError(settingsErrors.SETTINGS_STORE_AWAY, { given, retryAfterMs: 250 }));
        }
        queue.push({ job, resolve: resolve as Waiting["resolve"], reject });
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
