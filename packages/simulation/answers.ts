import { type Kit, type KitTables, serviceErrors } from "@orrery/service";
import { type Codec, OrreryError } from "@orrery/wire";
import type { CompiledQuery } from "kysely";
import type { Keep } from "./aggregate.ts";
import { answerPlace } from "./personal.ts";

/** An answer to keep for the repeats of a call. */
export interface Answer {
  readonly codec: Codec;
  readonly row: KitTables["answer"];
}

/** Answers on their way into the store, and out of it when their time is over. */
export interface Answers {
  /**
   * The reply that a key was given, as it is kept.
   * @param digest of the request that repeats it
   * @throws RPC_IDEMPOTENCY_REUSED
   */
  find(world: string, key: string, digest: string): Promise<Uint8Array | undefined>;
  sealed(answer: Answer): Promise<Answer>;
  /** To keep these; now and then also to forget those whose time is over. */
  queries(kept: readonly Answer[]): CompiledQuery[];
}

const DAY_MS = 24 * 3_600_000;
const PURGE_EVERY_MS = 600_000;
const FOR_EVER_MS = Number.MAX_SAFE_INTEGER;

/** Unix ms until which an answer of this moment is kept. A row keeps what was promised with it, whatever later code says. */
export function keptUntil(keep: Keep | undefined, ms: number): number {
  if (keep === "forever") return FOR_EVER_MS;
  return ms + (keep?.days ?? 1) * DAY_MS;
}

export function createAnswers(kit: Pick<Kit, "store" | "hostMs" | "personal">): Answers {
  const db = kit.store.as<KitTables>();
  let purgedMs = 0;

  const keeping = (rows: readonly KitTables["answer"][]): CompiledQuery =>
    db
      .insertInto("answer")
      .values(rows)
      // One whose time is over may not be swept yet.
      .onConflict((c) =>
        c.columns(["world", "key"]).doUpdateSet(({ ref }) => ({
          digest: ref("excluded.digest"),
          reply: ref("excluded.reply"),
          until_ms: ref("excluded.until_ms"),
        })),
      )
      .compile();

  return {
    async find(world, key, digest) {
      const row = await db
        .selectFrom("answer")
        .selectAll()
        .where("world", "=", world)
        .where("key", "=", key)
        // What is over is over, whether it was swept yet or not.
        .where("until_ms", ">", kit.hostMs())
        .executeTakeFirst();
      if (row !== undefined && row.digest !== digest)
        throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, { given: key });
      return row?.reply;
    },
    async sealed({ codec, row }) {
      const reply = await kit.personal.sealMessage(codec, row.reply, row.world, answerPlace(row.key));
      return { codec, row: { ...row, reply } };
    },
    queries(kept) {
      const rows = kept.map(({ row }) => row);
      const queries = rows.length === 0 ? [] : [keeping(rows)];
      const nowMs = kit.hostMs();
      if (Math.abs(nowMs - purgedMs) <= PURGE_EVERY_MS) return queries;
      purgedMs = nowMs;
      return [...queries, db.deleteFrom("answer").where("until_ms", "<=", nowMs).compile()];
    },
  };
}
