import { type Asked, done, type Kit, type KitTables, serviceErrors, together } from "@orrery/service";
import { type Emitted, type GroupOutcome, type Lease, type Outcome, worldFrames } from "@orrery/simulation";
import { encodeBytes, OrreryError } from "@orrery/wire";
import type { CompiledQuery, Kysely, Transaction } from "kysely";
import type { SettingsTables } from "../tables.ts";
import type { Ground } from "./ground.ts";
import { type PlayerRows, readingPlayer } from "./player.ts";
import type { Job, Told, Turn } from "./turn.ts";

/** What a commit came to. */
export interface Committed extends GroupOutcome<Ground> {
  readonly players: ReadonlyMap<string, PlayerRows>;
  readonly told: readonly Told[];
  readonly emitted: readonly Emitted[];
}

export interface Around {
  readonly kit: Kit;
  readonly lease: Lease;
  readonly ground: Ground;
  readonly nowMs: number;
  readonly incarnation: string;
  cached(player: string): PlayerRows | undefined;
}

const ANSWER_KEPT_MS = 24 * 3_600_000;
type Answer = KitTables["answer"];
const answerName = (caller: string, key: string) => `${caller}\u0000${key}`;

/** Does jobs one after the other in one transaction; one that throws leaves nothing behind and the others stand. */
export async function commitJobs(
  tx: Transaction<KitTables>,
  jobs: readonly Job[],
  around: Around,
): Promise<Committed> {
  const { kit, lease, nowMs } = around;
  const db = tx as unknown as Kysely<SettingsTables>;
  const players = new Map<string, PlayerRows>();
  const missing = new Set<string>();
  for (const id of jobs.flatMap((job) => job.players)) {
    const rows = around.cached(id);
    if (rows === undefined) missing.add(id);
    else players.set(id, rows);
  }
  const [, answers, ...read] = await together(
    tx,
    lease.checking,
    readingAnswers(tx, jobs),
    ...[...missing].map((id) => readingPlayer(db, id)),
  );
  for (const rows of read) players.set(rows.player, rows);

  let { ground } = around;
  const outcomes: Outcome[] = [];
  const emitted: Emitted[] = [];
  const told: Told[] = [];
  const queries: CompiledQuery[] = [];
  for (const job of jobs) {
    try {
      const known = job.answer && answers.get(answerName(job.answer.caller, job.answer.key));
      if (known !== undefined) {
        outcomes.push({ reply: again(job, known) });
        continue;
      }
      const draft = openTurn(db, nowMs, ground, players);
      const reply = await job.run(draft.turn);
      ground = draft.turn.ground;
      for (const [id, rows] of draft.kept) players.set(id, rows);
      emitted.push(...draft.emitted);
      told.push(...draft.told);
      queries.push(...draft.queries);
      if (job.answer !== undefined) {
        const { caller, key, digest } = job.answer;
        const bytes = encodeBytes(job.reply, reply as never);
        const row = { world: caller, key, digest, reply: bytes, until_ms: nowMs + ANSWER_KEPT_MS };
        answers.set(answerName(caller, key), row);
        queries.push(keepingAnswer(tx, row));
      }
      outcomes.push({ reply });
    } catch (error) {
      if (!(error instanceof OrreryError)) throw error;
      outcomes.push({ error });
    }
  }
  const { frames, streams } = worldFrames(emitted, ground.streams, {
    service: kit.service,
    fingerprint: kit.fingerprint,
    nowMs,
    newPublisher: (world) => `${kit.service}/${world}/s${around.incarnation}`,
  });
  for (const row of streams.values())
    queries.push(
      db
        .insertInto("stream")
        .values(row)
        .onConflict((conflict) => conflict.column("world").doUpdateSet({ next: row.next }))
        .compile(),
    );
  const [, outboxIds] = await together(tx, done(...queries), kit.outbox.putting(frames));
  ground = { ...ground, streams: new Map([...ground.streams, ...streams]) };
  return { outcomes, ground, players, told, emitted, frames, outboxIds };
}

function openTurn(
  db: Kysely<SettingsTables>,
  nowMs: number,
  ground: Ground,
  players: ReadonlyMap<string, PlayerRows>,
) {
  const kept = new Map<string, PlayerRows>();
  const emitted: Emitted[] = [];
  const told: Told[] = [];
  const queries: CompiledQuery[] = [];
  const turn: Turn = {
    db,
    nowMs,
    ground,
    player(id) {
      const rows = kept.get(id) ?? players.get(id);
      if (rows === undefined) throw new Error(`a job looks at ${id}, whom it did not name`);
      return rows;
    },
    keep: (rows) => void kept.set(rows.player, rows),
    write: (...all) => void queries.push(...all.map((query) => query.compile())),
    emit: (world, codec, init, key) => void emitted.push({ world, codec, init, key }),
    changed: (change, owner) => void told.push({ change, owner }),
  };
  return { turn, kept, emitted, told, queries };
}

function readingAnswers(tx: Kysely<KitTables>, jobs: readonly Job[]): Asked<Map<string, Answer>> {
  const keyed = jobs.flatMap(({ answer }) => answer ?? []);
  const queries = keyed.map(({ caller, key }) =>
    tx.selectFrom("answer").selectAll().where("world", "=", caller).where("key", "=", key).compile(),
  );
  return {
    queries,
    read: (results) =>
      new Map(
        results.flatMap(({ rows }) => rows as Answer[]).map((row) => [answerName(row.world, row.key), row]),
      ),
  };
}

function keepingAnswer(tx: Kysely<KitTables>, row: Answer): CompiledQuery {
  return tx.insertInto("answer").values(row).compile();
}

/** @throws RPC_IDEMPOTENCY_REUSED */
function again(job: Job, known: Answer): unknown {
  if (known.digest !== job.answer?.digest)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, { given: known.key });
  return job.reply.decode(known.reply);
}
