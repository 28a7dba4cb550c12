import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type {
  DamagedFrame as DamagedCodec,
  VerifyRequest,
  VerifyResponse as ResponseCodec,
} from "@orrery/schema/bus/v1";
import type { Call } from "@orrery/service";
import { type InitOf, openFrame } from "@orrery/wire";
import type { Kysely } from "kysely";
import { indexFrame } from "../journal/index-frame.ts";
import type { Names } from "../journal/names.ts";
import { journal } from "../journal/part.ts";
import { type FrameRow, type JournalTables, MENTION } from "../journal/tables.ts";

type Damaged = InitOf<typeof DamagedCodec>;

/** Frames between two messages; others get their turn in between. */
const STEP = 250;
const MOST_TOLD = 100;
const NAMES_A_STATEMENT = 400;

/**
 * Reads every frame of a span back: its checksum, and whether the index says of it what it holds. Ordinals that
 * overlap are damage; a hole between two frames is not, since that is what pruning leaves.
 */
export async function* verify(
  { worldId, from, to }: VerifyRequest,
  call: Call,
): AsyncGenerator<InitOf<typeof ResponseCodec>> {
  const { forks, names, segments } = call.part(journal);
  const db = call.kit.store.as<JournalTables>();
  const hash = createHash("sha256");
  const counts = { frames: 0, events: 0, bytes: 0, position: 0, damages: 0 };
  let damaged: Damaged[] = [];

  for (const stretch of forks.lineage(worldId)) {
    const world = names.known(stretch.world);
    const end = Math.min(stretch.to, to || Number.POSITIVE_INFINITY);
    if (world === undefined) continue;
    let at = Math.max(stretch.from, from - 1);
    let before = stretch.from;
    for (;;) {
      let query = db.selectFrom("frame").selectAll().where("world", "=", world).where("last", ">", at);
      if (end < Number.POSITIVE_INFINITY) query = query.where("first", "<=", end);
      const rows = await query.orderBy("last").limit(STEP).execute();
      for (const row of rows) {
        const problem =
          row.first <= before
            ? `ordinals up to ${before} were given before`
            : await problemOf(db, names, row, () => {
                const bytes = segments.read(row);
                hash.update(bytes);
                return bytes;
              });
        before = row.last;
        counts.frames += 1;
        counts.events += row.last - row.first + 1;
        counts.bytes += row.bytes;
        counts.position = row.last;
        if (problem === undefined) continue;
        counts.damages += 1;
        const { first, last, segment, place } = row;
        if (counts.damages <= MOST_TOLD)
          damaged.push({ worldId: stretch.world, first, last, segment, place, problem });
      }
      if (rows.length > 0) yield { ...counts, damaged };
      damaged = [];
      at = rows.at(-1)?.last ?? at;
      if (rows.length < STEP || call.signal.aborted) break;
      await setImmediate();
    }
  }
  yield { ...counts, damaged, sha256: hash.digest("hex") };
}

/** What is wrong with a frame; undefined: nothing. */
async function problemOf(
  db: Kysely<JournalTables>,
  names: Names,
  row: FrameRow,
  read: () => Uint8Array,
): Promise<string | undefined> {
  try {
    // Opening holds the bytes against the checksum at their end.
    const frame = openFrame(read());
    const index = indexFrame(frame, row.skip);
    const { fromMs, toMs, types, keys, causes } = index;
    const pairs: readonly (readonly [string, unknown, unknown])[] = [
      ["world", names.text(row.world), frame.world],
      ["publisher", names.text(row.publisher), frame.publisher],
      ["source", names.text(row.source), frame.source],
      ["first sequence", row.first_seq, frame.firstSequence],
      ["last sequence", row.last_seq, frame.lastSequence],
      ["number of events", row.last - row.first + 1 + row.skip, frame.count],
      ["earliest time", row.from_ms, fromMs],
      ["latest time", row.to_ms, toMs],
    ];
    for (const [what, indexed, held] of pairs)
      if (indexed !== held) return `the index has ${what} ${String(indexed)}, the frame ${String(held)}`;
    for (const [what, kind, texts] of [
      ["type", MENTION.type, types],
      ["key", MENTION.key, keys],
    ] as const) {
      const found = await mentioned(db, names, row, kind, [...texts]);
      if (found !== texts.size) return `the index leads to it by ${found} of ${texts.size} ${what}s`;
    }
    const found = await caused(db, names, row, causes);
    if (found !== causes.size) return `the index leads to it by ${found} of ${causes.size} causes`;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function mentioned(
  db: Kysely<JournalTables>,
  names: Names,
  { world, last }: FrameRow,
  kind: number,
  texts: readonly string[],
): Promise<number> {
  let count = 0;
  for (let at = 0; at < texts.length; at += NAMES_A_STATEMENT) {
    const ids = texts.slice(at, at + NAMES_A_STATEMENT).map((text) => names.known(text) ?? -1);
    const found = await db
      .selectFrom("mention")
      .select(({ fn }) => fn.countAll().as("count"))
      .where("world", "=", world)
      .where("kind", "=", kind)
      .where("name", "in", ids)
      .where("frame", "=", last)
      .executeTakeFirst();
    count += Number(found?.count ?? 0);
  }
  return count;
}

async function caused(
  db: Kysely<JournalTables>,
  names: Names,
  { world, last }: FrameRow,
  causes: ReadonlySet<string>,
): Promise<number> {
  const pairs = [...causes].map((cause) => cause.split("\n") as [string, string]);
  let count = 0;
  for (const [publisher, own] of Map.groupBy(pairs, ([name]) => name))
    for (let at = 0; at < own.length; at += NAMES_A_STATEMENT) {
      const found = await db
        .selectFrom("cause")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("world", "=", world)
        .where("publisher", "=", names.known(publisher) ?? -1)
        .where(
          "sequence",
          "in",
          own.slice(at, at + NAMES_A_STATEMENT).map(([, sequence]) => Number(sequence)),
        )
        .where("frame", "=", last)
        .executeTakeFirst();
      count += Number(found?.count ?? 0);
    }
  return count;
}
