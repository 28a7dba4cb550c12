import { setImmediate as turn } from "node:timers/promises";
import { codecs } from "@orrery/schema/registry";
import { sealedWith } from "@orrery/service";
import { openFrame } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { Journal } from "../journal/part.ts";
import { type FrameRow, type JournalTables, MENTION } from "../journal/tables.ts";

const FRAMES_A_TURN = 50;

/** Events of the journal with a value that this key sealed. Reads the frames that mention it, and no others. */
export async function countSealed(
  { names, segments }: Journal,
  db: Kysely<JournalTables>,
  keyId: string,
): Promise<number> {
  const name = names.known(keyId);
  if (name === undefined) return 0;
  const rows = await db
    .selectFrom("mention")
    .innerJoin("frame", (join) =>
      join.onRef("frame.world", "=", "mention.world").onRef("frame.last", "=", "mention.frame"),
    )
    .selectAll("frame")
    .where("mention.kind", "=", MENTION.sealed)
    .where("mention.name", "=", name)
    .execute();
  let events = 0;
  for (const [at, row] of (rows as FrameRow[]).entries()) {
    if (at % FRAMES_A_TURN === 0) await turn();
    const frame = openFrame(segments.read(row));
    for (const cursor = frame.cursor(); cursor.next(); ) {
      const codec = codecs.get(cursor.type);
      if (cursor.index < row.skip || codec?.personal === undefined) continue;
      if (sealedWith(codec, cursor.payload, frame.contentType).has(keyId)) events += 1;
    }
  }
  return events;
}
