import {
  type Asked,
  type Dialect,
  type Kit,
  type KitTables,
  serviceErrors,
  andThen,
  together,
  reading,
} from "@orrery/service";
import type { Lease } from "@orrery/simulation";
import { encodeBytes, OrreryError } from "@orrery/wire";
import type { Kysely, Transaction } from "kysely";
import type { Registry } from "../collections/registry.ts";
import { ANSWER } from "../store/rows.ts";
import type { StateTables } from "../tables.ts";
import type { Made } from "./change.ts";
import { createDraft, type Sheets, type Terms } from "./draft.ts";
import { type Ground, headName } from "./ground.ts";
import type { Job } from "./job.ts";
import { load, type Loaded, loadErased, loadForks, loading, nothingLoaded } from "./load.ts";
import { baseOf, overlay } from "./overlay.ts";
import { persisting } from "./persist.ts";
import type { QuotaLimits } from "./quota.ts";
import { framesOf } from "./tell.ts";

/** What became of one job of a batch. */
export type Outcome = { readonly reply: unknown } | { readonly error: unknown };

export interface Batch {
  readonly outcomes: readonly Outcome[];
  readonly made: readonly Made[];
  readonly sheets: Sheets;
  readonly frames: readonly Uint8Array[];
  readonly outboxIds: readonly number[];
  readonly done: readonly Job[];
}

export interface Around {
  readonly kit: Kit;
  readonly lease: Lease;
  readonly ground: Ground;
  readonly registry: Registry;
  readonly salt: Uint8Array;
  readonly incarnation: string;
  readonly nowMs: number;
  readonly limits: (owner: string) => QuotaLimits;
}

const ANSWER_KEPT_MS = 24 * 3_600_000;

type AnswerRow = KitTables["answer"];
const answerName = (world: string, key: string) => `${world}\u0000${key}`;

/** Does jobs one after the other in one transaction; one that throws leaves nothing behind and the others stand. */
export async function doBatch(
  tx: Transaction<KitTables>,
  jobs: readonly Job[],
  around: Around,
): Promise<Batch> {
  const { kit, ground, registry, salt } = around;
  const { dialect } = kit.store;
  const db = tx as unknown as Kysely<StateTables>;
  const loaded = nothingLoaded();
  const loadMore = (needs: Job["needs"][]) => load(db, dialect, registry, ground, salt, needs, loaded);
  const needs = jobs.map((job) => job.needs);
  const [, answers] = await together(
    tx,
    around.lease.checking,
    readingAnswers(dialect, jobs),
    loading(dialect, ground, needs, loaded),
  );
  await loadForks(db, dialect, registry, ground, needs, loaded);
  await loadErased(
    db,
    ground,
    salt,
    needs.flatMap(({ refs }) => refs),
    loaded,
  );
  const sheets = sheetsOf(ground, loaded);
  const terms = termsOf(around, loaded);
  const made: Made[] = [];
  const outcomes: Outcome[] = [];
  const kept: AnswerRow[] = [];
  const done: Job[] = [];

  for (const job of jobs) {
    try {
      const known = job.answer && answers.get(answerName(job.answer.caller, job.answer.key));
      if (known !== undefined) {
        outcomes.push({ reply: replyAgain(job, known) });
        continue;
      }
      await job.prepare?.(db, (needs) => loadMore([needs]));
      const own = overSheets(sheets);
      const draft = createDraft(own, terms);
      const reply = job.apply(draft);
      for (const sheet of Object.values(own)) sheet.merge();
      made.push(...draft.made);
      if (job.answer !== undefined) {
        const { caller, key, digest } = job.answer;
        const row = {
          world: caller,
          key,
          digest,
          reply: encodeBytes(job.reply, reply as never),
          until_ms: around.nowMs + ANSWER_KEPT_MS,
        };
        answers.set(answerName(caller, key), row);
        kept.push(row);
      }
      outcomes.push({ reply });
      done.push(job);
    } catch (error) {
      if (!(error instanceof OrreryError)) throw error;
      outcomes.push({ error });
    }
  }
  const frames = framesOf(made, kit);
  const [, outboxIds] = await together(
    tx,
    persisting(db, dialect, ground, sheets, made, kept),
    kit.outbox.putting(frames),
  );
  for (const job of done) await job.also?.(db);
  return { outcomes, made, sheets, frames, outboxIds, done };
}

function readingAnswers(dialect: Dialect, jobs: readonly Job[]): Asked<Map<string, AnswerRow>> {
  const keys = new Map<string, readonly [string, string]>();
  for (const { answer } of jobs)
    if (answer !== undefined) keys.set(answerName(answer.caller, answer.key), [answer.caller, answer.key]);
  return andThen(
    reading(dialect, ANSWER, ["world", "key"], [...keys.values()]),
    (rows) => new Map(rows.map((row) => [answerName(row.world, row.key), row])),
  );
}

/** @throws RPC_IDEMPOTENCY_REUSED */
function replyAgain(job: Job, known: AnswerRow): unknown {
  if (known.digest !== job.answer?.digest)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, { given: known.key });
  return job.reply.decode(known.reply);
}

function sheetsOf(ground: Ground, loaded: Loaded): Sheets {
  return {
    objects: overlay(baseOf(loaded.objects)),
    heads: overlay(baseOf(ground.heads)),
    streams: overlay(baseOf(ground.streams)),
    tallies: overlay(baseOf(loaded.tallies)),
    uses: overlay(baseOf(loaded.uses)),
    grants: overlay(baseOf(loaded.grants)),
    accounts: overlay(baseOf(loaded.accounts)),
    beginnings: overlay(baseOf(new Map())),
  };
}

function overSheets(sheets: Sheets): Sheets {
  return {
    objects: overlay(sheets.objects),
    heads: overlay(sheets.heads),
    streams: overlay(sheets.streams),
    tallies: overlay(sheets.tallies),
    uses: overlay(sheets.uses),
    grants: overlay(sheets.grants),
    accounts: overlay(sheets.accounts),
    beginnings: overlay(sheets.beginnings),
  };
}

function termsOf({ kit, ground, registry, nowMs, incarnation, limits }: Around, loaded: Loaded): Terms {
  return {
    nowMs,
    limits,
    newHead: (world, collection) => ({
      id: ground.nextHead++,
      world,
      collection,
      seq: 0,
      parent: 0,
      base: 0,
    }),
    newStream: (world) => ({ world, publisher: `${kit.service}/${world}/s${incarnation}`, next: 1 }),
    newObject: () => ground.nextObject++,
    ground,
    kept: registry.kept,
    waiting: (owner) => loaded.waiting.get(owner) ?? [],
    erasedVersion: (ref) => loaded.erased.get(ref.name) ?? 0,
  };
}

/** What the writer knows once a batch is committed. */
export function settle(ground: Ground, { sheets }: Batch): void {
  for (const [, head] of sheets.heads.changed())
    ground.heads.set(headName(head.world, head.collection), head);
  for (const [, stream] of sheets.streams.changed()) ground.streams.set(stream.world, stream);
}
