import { Announcement, MovingBranch, Sighting } from "@orrery/schema/engine/v1";
import { encodeBytes, type MessageOf } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { EngineTables } from "../tables.ts";
import { textOf } from "./newest.ts";

type Db = Kysely<EngineTables>;

/** All of a subject, by version. */
export async function readSightings(
  db: Db,
  subjectId: string,
): Promise<Map<string, MessageOf<typeof Sighting>>> {
  const rows = await db
    .selectFrom("sighting")
    .select(["version", "body"])
    .where("subject", "=", subjectId)
    .orderBy("version")
    .execute();
  return new Map(rows.map(({ version, body }) => [version, Sighting.decode(body)]));
}

const ROWS_MOST = 200;

export async function putSightings(db: Db, sightings: readonly MessageOf<typeof Sighting>[]): Promise<void> {
  for (let at = 0; at < sightings.length; at += ROWS_MOST)
    await db
      .insertInto("sighting")
      .values(
        sightings.slice(at, at + ROWS_MOST).map((one) => ({
          subject: one.subjectId,
          version: textOf(one),
          snoozed_ms: one.announcement === Announcement.SNOOZED ? one.snoozedUntilMs : 0,
          body: encodeBytes(Sighting, one),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(["subject", "version"]).doUpdateSet((row) => ({
          body: row.ref("excluded.body"),
          snoozed_ms: row.ref("excluded.snoozed_ms"),
        })),
      )
      .execute();
}

export async function readBranches(db: Db, subjectId: string): Promise<MessageOf<typeof MovingBranch>[]> {
  const rows = await db
    .selectFrom("branch")
    .select("body")
    .where("subject", "=", subjectId)
    .orderBy("name")
    .execute();
  return rows.map(({ body }) => MovingBranch.decode(body));
}

export async function putBranch(
  db: Db,
  subject: string,
  branch: MessageOf<typeof MovingBranch>,
): Promise<void> {
  const body = encodeBytes(MovingBranch, branch);
  await db
    .insertInto("branch")
    .values({ subject, name: branch.name, body })
    .onConflict((conflict) => conflict.columns(["subject", "name"]).doUpdateSet({ body }))
    .execute();
}

export async function putNotes(db: Db, subject: string, version: string, text: string): Promise<void> {
  await db
    .insertInto("note")
    .values({ subject, version, text })
    .onConflict((conflict) => conflict.columns(["subject", "version"]).doUpdateSet({ text }))
    .execute();
}
