import { randomUUID } from "node:crypto";
import { SubjectErased } from "@orrery/schema/bus/v1";
import type { Kit, KitTables } from "@orrery/service";
import { createFrameWriter, type EventId, OrreryError, PLATFORM } from "@orrery/wire";
import { type Kysely, sql } from "kysely";
import { journalErrors } from "../errors.ts";
import { type Journal } from "../journal/part.ts";
import type { JournalTables } from "../journal/tables.ts";
import { countSealed } from "./count.ts";
import type { ErasingTables, SubjectKeyRow } from "./tables.ts";

export interface EraseAsked {
  readonly subject: string;
  /** Empty: every world. */
  readonly world: string;
  readonly note: string;
  readonly by: string;
  readonly dryRun: boolean;
}

export interface ErasedInWorld {
  readonly worldId: string;
  readonly events: number;
  /** 0: the key is there. */
  readonly erasedMs: number;
  /** What says so; undefined: the key is there. */
  readonly id: EventId | undefined;
}

type Tables = ErasingTables & JournalTables & KitTables;

/** One event for each key, so that a repeat says nothing new. */
const saidAs = (kit: Kit, { world, id }: SubjectKeyRow): EventId => ({
  publisher: `${kit.service}/${world}/erased-${id}`,
  sequence: 1,
});

/**
 * Destroys a person's keys and says so in each world, in one transaction each. What is destroyed already stays as it is.
 * It is said too where the person has no key: services may keep something about who never said anything.
 * @throws BUS_SUBJECT_UNKNOWN where it is only looked at, BUS_NOTE_MISSING
 */
export async function erase(
  kit: Kit,
  journal: Journal,
  { subject, world, note, by, dryRun }: EraseAsked,
): Promise<readonly ErasedInWorld[]> {
  const db = kit.store.as<Tables>();
  if (!dryRun && note.trim() === "")
    throw new OrreryError(journalErrors.BUS_NOTE_MISSING, { given: subject });
  let query = db.selectFrom("subject_key").selectAll().where("subject", "=", subject);
  if (world !== "") query = query.where("world", "=", world);
  const rows = await query.orderBy("world").execute();
  if (dryRun && rows.length === 0)
    throw new OrreryError(journalErrors.BUS_SUBJECT_UNKNOWN, {
      given: `${JSON.stringify(subject)} in ${world === "" ? "any world" : world}`,
    });
  const told: ErasedInWorld[] = [];
  for (const row of rows) {
    const erasedMs = dryRun || row.erased_ms > 0 ? row.erased_ms : await destroy(kit, db, row, note, by);
    told.push({
      worldId: row.world,
      events: await countSealed(journal, db, row.id),
      erasedMs,
      id: erasedMs === 0 ? undefined : saidAs(kit, row),
    });
  }
  if (!dryRun) {
    const keyed = new Set(rows.map((row) => row.world));
    for (const place of world === "" ? await worldsOf(db) : [world])
      if (!keyed.has(place)) await say(kit, place, { subject, note, by });
    await scrub(kit, db);
  }
  return told;
}

/** Every world of which the journal has anything, and what belongs to none. */
async function worldsOf(db: Kysely<Tables>): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("stream")
    .innerJoin("name", "name.id", "stream.world")
    .select("name.text")
    .distinct()
    .execute();
  return new Set([...rows.map(({ text }) => text), PLATFORM]);
}

/** A repeat says it again: something may have been kept since. */
async function say(
  kit: Kit,
  world: string,
  { subject, note, by }: Pick<EraseAsked, "subject" | "note" | "by">,
): Promise<void> {
  const nowMs = kit.clock.now();
  const publisher = `${kit.service}/${world}/erased-${randomUUID()}`;
  const writer = createFrameWriter({
    ...{ publisher, source: kit.service, world, lane: "standard", fingerprint: kit.fingerprint },
    firstSequence: 1,
  });
  writer.append(SubjectErased, { subject, by, note, keyId: "" }, { timeMs: nowMs });
  const frames = [writer.finish()];
  const ids = await kit.store.db.transaction().execute((tx) => kit.outbox.put(tx as never, frames));
  void kit.outbox.send(ids, frames);
}

async function destroy(
  kit: Kit,
  db: Kysely<Tables>,
  row: SubjectKeyRow,
  note: string,
  by: string,
): Promise<number> {
  const nowMs = kit.clock.now();
  const said = saidAs(kit, row);
  const writer = createFrameWriter({
    publisher: said.publisher,
    source: kit.service,
    world: row.world,
    lane: "standard",
    fingerprint: kit.fingerprint,
    firstSequence: said.sequence,
  });
  writer.append(SubjectErased, { subject: row.subject, by, note, keyId: row.id }, { timeMs: nowMs });
  const frames = [writer.finish()];
  const ids = await db.transaction().execute(async (tx) => {
    await tx
      .updateTable("subject_key")
      .set({ wrapped: null, erased_ms: nowMs, erased_by: by, note })
      .where("id", "=", row.id)
      .execute();
    return kit.outbox.put(tx as never, frames);
  });
  void kit.outbox.send(ids, frames);
  kit.log.warn({ world: row.world, subject: row.subject, by, note }, "a person's key was destroyed");
  return nowMs;
}

/** SQLite keeps what it overwrote in its write-ahead log until that is taken over. */
async function scrub(kit: Kit, db: Kysely<Tables>): Promise<void> {
  if (kit.store.dialect === "sqlite") await sql`pragma wal_checkpoint(truncate)`.execute(db);
}
