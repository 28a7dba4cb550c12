import type { Kysely } from "kysely";
import type { KitTables } from "../store/kit-tables.ts";

/*
 * What a copy of a projection has heard, to the event: a bit for each sequence of a publisher, in rows of 8,192. It costs a
 * bit an event for good, and needs no order: what comes late, twice, or from the dead letters a year on is told apart.
 */

const CHUNK = 8_192;

/** Names an event. */
export interface Heard {
  readonly publisher: string;
  readonly sequence: number;
}

/** A copy's rows in the table of marks. */
export interface Copy {
  readonly projection: string;
  /** The world, or what stands for it while a copy is built beside. */
  readonly world: string;
}

type Db = Kysely<KitTables>;

const isSet = (bits: Uint8Array, at: number) => ((bits[at >> 3] as number) & (1 << (at & 7))) !== 0;
const placeOf = (sequence: number) => ({ chunk: Math.floor(sequence / CHUNK), at: sequence % CHUNK });

async function bitsOf(db: Db, copy: Copy, publisher: string, chunk: number): Promise<Uint8Array> {
  const row = await db
    .selectFrom("projected_mark")
    .select("bits")
    .where("projection", "=", copy.projection)
    .where("world", "=", copy.world)
    .where("publisher", "=", publisher)
    .where("chunk", "=", chunk)
    .executeTakeFirst();
  return row === undefined ? new Uint8Array(CHUNK / 8) : Uint8Array.from(row.bits);
}

/** Marks events as heard by a copy. @returns those that it had not heard before, each once, in their order */
export async function markHeard<E extends Heard>(db: Db, copy: Copy, events: readonly E[]): Promise<E[]> {
  const chunks = new Map<string, { readonly publisher: string; readonly chunk: number; bits: Uint8Array }>();
  const fresh: E[] = [];
  for (const event of events) {
    const { publisher } = event;
    const { chunk, at } = placeOf(event.sequence);
    const name = `${chunk} ${publisher}`;
    let known = chunks.get(name);
    if (known === undefined) {
      known = { publisher, chunk, bits: await bitsOf(db, copy, publisher, chunk) };
      chunks.set(name, known);
    }
    if (isSet(known.bits, at)) continue;
    known.bits[at >> 3] = (known.bits[at >> 3] as number) | (1 << (at & 7));
    fresh.push(event);
  }
  if (fresh.length === 0) return fresh;
  for (const { publisher, chunk, bits } of chunks.values())
    await db
      .insertInto("projected_mark")
      .values({ ...copy, publisher, chunk, bits })
      .onConflict((c) => c.columns(["projection", "world", "publisher", "chunk"]).doUpdateSet({ bits }))
      .execute();
  return fresh;
}

/** How many events one copy has heard and another has not. */
export async function missingIn(db: Db, has: Copy, lacks: Copy): Promise<number> {
  let missing = 0;
  const rows = await db
    .selectFrom("projected_mark")
    .selectAll()
    .where("projection", "=", has.projection)
    .where("world", "=", has.world)
    .execute();
  for (const { publisher, chunk, bits } of rows) {
    const other = await bitsOf(db, lacks, publisher, Number(chunk));
    for (const [at, byte] of Uint8Array.from(bits).entries())
      for (let left = byte & ~(other[at] as number); left !== 0; left &= left - 1) missing += 1;
  }
  return missing;
}
