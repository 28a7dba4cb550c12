import type { Kysely } from "kysely";
import type { JournalTables } from "./tables.ts";

/** Small numbers for texts that come again and again: types, keys, publishers, worlds. */
export interface Names {
  /** The number of a text; new ones are written by each `flush` until one is known to have been committed. */
  of(text: string): number;
  /** Without making one. */
  known(text: string): number | undefined;
  text(id: number): string;
  matching(test: (text: string) => boolean): number[];
  flush(tx: Kysely<JournalTables>): Promise<void>;
  /** The flush's transaction is durable: only now may its texts be left out of the next one. */
  committed(): void;
}

/** Bound parameters of one statement are limited. */
const ROWS_A_STATEMENT = 500;

export async function loadNames(db: Kysely<JournalTables>): Promise<Names> {
  const ids = new Map<string, number>();
  const texts: string[] = [];
  let fresh: { id: number; text: string }[] = [];
  let flushed = 0;
  for (const { id, text } of await db.selectFrom("name").selectAll().orderBy("id").execute()) {
    ids.set(text, id);
    texts[id] = text;
  }
  return {
    of(text) {
      const known = ids.get(text);
      if (known !== undefined) return known;
      const id = Math.max(texts.length, 1);
      ids.set(text, id);
      texts[id] = text;
      fresh.push({ id, text });
      return id;
    },
    known: (text) => ids.get(text),
    text: (id) => texts[id] ?? "",
    matching: (test) => [...ids].filter(([text]) => test(text)).map(([, id]) => id),
    async flush(tx) {
      flushed = fresh.length;
      for (let at = 0; at < flushed; at += ROWS_A_STATEMENT) {
        await tx
          .insertInto("name")
          .values(fresh.slice(at, Math.min(at + ROWS_A_STATEMENT, flushed)))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    },
    committed() {
      fresh = fresh.slice(flushed);
      flushed = 0;
    },
  };
}
