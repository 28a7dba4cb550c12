import { randomUUID } from "node:crypto";
import { LetterState, RedriveState } from "@orrery/schema/bus/v1";
import type { Kit } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { journalErrors } from "../errors.ts";
import type { OpenLetter } from "./book.ts";
import { rowOf } from "./letter.ts";
import type { DeadLetterTables, RedriveRow } from "./tables.ts";

export interface RedriveTerms {
  readonly ratePerS: number;
  readonly actor: string;
  readonly note: string;
}

/** Redrives under way, and what became of earlier ones. */
export interface Redrives {
  /** @returns its job id. @throws BUS_JOB_LIMIT */
  begin(letters: readonly OpenLetter[], terms: RedriveTerms): Promise<string>;
  /** @throws BUS_JOB_UNKNOWN */
  get(jobId: string): Promise<RedriveRow>;
  cancel(jobId: string): Promise<void>;
  stop(): Promise<void>;
}

const AT_ONCE = 2;

/** What an ended job comes to, as metrics name it. */
const VERDICTS = {
  [RedriveState.DONE]: "pass",
  [RedriveState.FAILED]: "fail",
  [RedriveState.CANCELLED]: "not_run",
} as const;

export function createRedrives(kit: Kit, db: Kysely<DeadLetterTables>): Redrives {
  const ended = kit.metrics.counter("orrery_jobs_ended_total", "Jobs that ended, by verdict", [
    "kind",
    "verdict",
  ]);
  for (const verdict of Object.values(VERDICTS)) ended(0, { kind: "redrive", verdict });
  const running = new Map<string, { readonly cancel: AbortController; readonly done: Promise<void> }>();

  async function run(
    job: RedriveRow,
    letters: readonly OpenLetter[],
    ratePerS: number,
    signal: AbortSignal,
  ): Promise<void> {
    const bySubscription = Map.groupBy(letters, ({ subscription }) => subscription);
    const counts = { sent: 0, refused: 0 };
    try {
      for (const [subscription, own] of bySubscription) {
        const chosen = new Set(own.map(({ letter }) => letter.entryId));
        await kit.bus.redrive(subscription, {
          dryRun: false,
          ratePerS,
          by: job.actor,
          note: job.note,
          signal,
          filter: ({ entryId }) => chosen.has(entryId),
          async settled({ entryId }, sent) {
            counts[sent ? "sent" : "refused"] += 1;
            if (sent) {
              await db
                .updateTable("letter")
                .set({ state: LetterState.REDRIVEN, at_ms: kit.clock.now() })
                .where("subscription", "=", subscription)
                .where("entry_id", "=", entryId)
                .execute();
            }
            await db.updateTable("redrive").set(counts).where("job_id", "=", job.job_id).execute();
          },
        });
      }
      await end(job, letters, signal.aborted ? RedriveState.CANCELLED : RedriveState.DONE, "");
    } catch (error) {
      kit.log.error({ err: error, job: job.job_id }, "a redrive failed; what was not sent is open");
      await end(job, letters, RedriveState.FAILED, error instanceof Error ? error.message : String(error));
    }
  }

  async function end(
    job: RedriveRow,
    letters: readonly OpenLetter[],
    state: keyof typeof VERDICTS,
    problem: string,
  ) {
    ended(1, { kind: "redrive", verdict: VERDICTS[state] });
    for (const { subscription, letter } of letters)
      await db
        .deleteFrom("letter")
        .where("subscription", "=", subscription)
        .where("entry_id", "=", letter.entryId)
        .where("state", "=", LetterState.REDRIVING)
        .execute();
    await db
      .updateTable("redrive")
      .set({ state, problem, ended_ms: kit.clock.now() })
      .where("job_id", "=", job.job_id)
      .execute();
  }

  async function get(jobId: string): Promise<RedriveRow> {
    const row = await db.selectFrom("redrive").selectAll().where("job_id", "=", jobId).executeTakeFirst();
    if (row === undefined) throw new OrreryError(journalErrors.BUS_JOB_UNKNOWN, { given: jobId });
    return row;
  }

  return {
    get,
    async begin(letters, { ratePerS, actor, note }) {
      if (running.size >= AT_ONCE)
        throw new OrreryError(journalErrors.BUS_JOB_LIMIT, { given: [...running.keys()].join(", ") });
      const job: RedriveRow = {
        job_id: `redrive-${randomUUID()}`,
        state: RedriveState.RUNNING,
        matched: letters.length,
        sent: 0,
        refused: 0,
        actor,
        note,
        begun_ms: kit.clock.now(),
        ended_ms: 0,
        problem: "",
      };
      const cancel = new AbortController();
      const begun = Promise.withResolvers<void>();
      running.set(job.job_id, { cancel, done: begun.promise });
      try {
        await db.transaction().execute(async (tx) => {
          await tx.insertInto("redrive").values(job).execute();
          for (const { subscription, letter } of letters)
            await tx
              .insertInto("letter")
              .values(
                rowOf(subscription, letter, {
                  state: LetterState.REDRIVING,
                  actor,
                  note,
                  atMs: job.begun_ms,
                }),
              )
              .execute();
        });
      } catch (error) {
        running.delete(job.job_id);
        begun.resolve();
        throw error;
      }
      void run(job, letters, ratePerS, cancel.signal).finally(() => {
        running.delete(job.job_id);
        begun.resolve();
      });
      return job.job_id;
    },
    async cancel(jobId) {
      await get(jobId);
      const job = running.get(jobId);
      job?.cancel.abort();
      await job?.done;
    },
    async stop() {
      for (const { cancel } of running.values()) cancel.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
