import { type Kit, type KitTables, together } from "@orrery/service";
import { type Lease, simulationErrors, isContention, isStoreError } from "@orrery/simulation";
import { type Codec, encodeBytes, isError, type MessageOf, OrreryError } from "@orrery/wire";
import type { Kysely, Transaction } from "kysely";
import { engineErrors } from "../errors.ts";
import type { EngineTables } from "../tables.ts";
import { keepAnswer, knownAnswer } from "./answers.ts";
import { framesOf } from "./frames.ts";
import type { Emitted, Job } from "./turn.ts";

export interface Writer {
  /** Does a job when its turn comes. @throws what the job throws, ENGINE_STORE_AWAY */
  submit<C extends Codec>(job: Job<C>): Promise<MessageOf<C>>;
  /** Why nothing can be written; undefined: it can. */
  problem(): string | undefined;
  /** Commits what waits and lets the last frames reach the bus. */
  close(): Promise<void>;
}

const HEAD = "engine";
const TRIES = 5;
const RETRY_FIRST_MS = 5;
/** What the bus does not take until then is sent by the next process. */
const SEND_MOST_MS = 5_000;

/** One job after the other, each a commit of its own. @param refused another process is the writer */
export function createWriter(kit: Kit, lease: Lease, refused: () => void): Writer {
  const db = kit.store.as<KitTables>();
  const stopping = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();
  let sending: Promise<unknown> = Promise.resolve();
  let away: string | undefined;
  /** A commit's outcome was not learnt: its frames may lie in the outbox, and go first. */
  let unsure = false;

  async function commit<C extends Codec>(job: Job<C>): Promise<MessageOf<C>> {
    if (unsure) await kit.outbox.resume();
    unsure = false;
    const nowMs = Math.floor(kit.hostMs());
    const done = await db.transaction().execute(async (tx) => {
      await together(tx, lease.checking);
      const known = job.answer && (await knownAnswer(tx, job.answer, job.reply, nowMs));
      if (known !== undefined) return { reply: known, after: [], ids: [], frames: [] };
      const emitted: Emitted[] = [];
      const after: (() => void)[] = [];
      const own = tx as unknown as Kysely<EngineTables>;
      const init = await job.run({
        db: own,
        nowMs,
        emit: (codec, event, key) => void emitted.push({ codec, init: event, key }),
        after: (act) => void after.push(act),
      });
      const bytes = encodeBytes(job.reply, init);
      if (job.answer !== undefined) await keepAnswer(tx, job.answer, bytes, nowMs);
      const frames = await say(tx, emitted, nowMs);
      const ids = await kit.outbox.put(tx, frames);
      return { reply: job.reply.decode(bytes) as MessageOf<C>, after, ids, frames };
    });
    const { frames, ids } = done;
    if (frames.length > 0) sending = sending.then(() => kit.outbox.send(ids, frames));
    for (const act of done.after) act();
    return done.reply;
  }

  async function say(tx: Transaction<KitTables>, emitted: readonly Emitted[], nowMs: number) {
    if (emitted.length === 0) return [];
    const own = tx as unknown as Kysely<EngineTables>;
    const publisher = `${kit.service}/${HEAD}/s${nowMs.toString(36)}`;
    await own
      .insertInto("head")
      .values({ name: HEAD, publisher, next: 1 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const row = await own.selectFrom("head").selectAll().where("name", "=", HEAD).executeTakeFirstOrThrow();
    const head = { ...row, next: Number(row.next) };
    await own
      .updateTable("head")
      .set({ next: head.next + emitted.length })
      .where("name", "=", HEAD)
      .execute();
    return framesOf(kit, head, emitted, nowMs);
  }

  async function attempt<C extends Codec>(job: Job<C>): Promise<MessageOf<C>> {
    for (let tried = 1, waitMs = RETRY_FIRST_MS; ; tried++, waitMs *= 2) {
      try {
        const reply = await commit(job);
        away = undefined;
        return reply;
      } catch (cause) {
        if (isError(cause, simulationErrors.WORLD_COMMIT_REFUSED)) refused();
        else if (cause instanceof OrreryError || !isStoreError(cause)) throw cause;
        unsure = true;
        if (isContention(cause) && tried < TRIES) {
          await kit.clock.sleep(waitMs, stopping.signal);
          continue;
        }
        away = cause instanceof Error ? cause.message : String(cause);
        throw new OrreryError(engineErrors.ENGINE_STORE_AWAY, { given: away, cause });
      }
    }
  }

  return {
    submit(job) {
      const next = turn.then(
        () => attempt(job),
        () => attempt(job),
      );
      turn = next.catch(() => undefined);
      return next;
    },
    problem: () => (away === undefined ? undefined : `writes are refused: ${away}`),
    async close() {
      await turn;
      stopping.abort();
      const sent = new AbortController();
      await Promise.race([sending.then(() => sent.abort()), kit.clock.sleep(SEND_MOST_MS, sent.signal)]);
    },
  };
}
