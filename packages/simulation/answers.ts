import type { Kit, KitTables } from "@orrery/service";
import type { Codec } from "@orrery/wire";
import type { CompiledQuery } from "kysely";
import { answerPlace } from "./personal.ts";

/** An answer to keep for the repeats of a call. */
export interface Answer {
  readonly codec: Codec;
  readonly row: KitTables["answer"];
}

/** Answers on their way into the store, and out of it when their time is over. */
export interface Answers {
  sealed(answer: Answer): Promise<Answer>;
  /** To keep these; now and then also to forget what is too old. */
  queries(kept: readonly Answer[]): CompiledQuery[];
}

const KEPT_MS = 24 * 3_600_000;
const PURGE_EVERY_MS = 600_000;

export function createAnswers(kit: Pick<Kit, "store" | "clock" | "personal">): Answers {
  const db = kit.store.as<KitTables>();
  let purgedMs = 0;
  return {
    async sealed({ codec, row }) {
      const reply = await kit.personal.sealMessage(codec, row.reply, row.world, answerPlace(row.key));
      return { codec, row: { ...row, reply } };
    },
    queries(kept) {
      const queries: CompiledQuery[] = [];
      const rows = kept.map(({ row }) => row);
      if (rows.length > 0) queries.push(db.insertInto("answer").values(rows).compile());
      const now = kit.clock.now();
      if (now - purgedMs <= PURGE_EVERY_MS) return queries;
      purgedMs = now;
      return [
        ...queries,
        db
          .deleteFrom("answer")
          .where("at_ms", "<", now - KEPT_MS)
          .compile(),
      ];
    },
  };
}
