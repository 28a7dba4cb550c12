import { isMoving, readEngineVersion } from "@orrery/engine-version";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { projection } from "@orrery/service";
import { type Kysely, sql } from "kysely";
import { subjects } from "../subjects/part.ts";
import type { SubjectFile } from "../subjects/shape.ts";
import type { EngineTables, PlayedRow } from "../tables.ts";

const MINUTE_MS = 60_000;
/** A canary lasts a day, and sessions that outlive it are not looked at. */
const KEPT_MS = 25 * 3_600_000;

/** How many sessions begin and end with each version, and how: by the minute in which they began, and nobody is named. */
export const played = projection(
  "played",
  [ClientConnected.typeName, ClientDisconnected.typeName],
  async (events, into, kit) => {
    const db = into.as<EngineTables>();
    const { subjects: all } = kit.part(subjects);
    const counts = new Map<string, PlayedRow>();
    for (const event of events) {
      const isEnd = event.type === ClientDisconnected.typeName;
      const ended = isEnd ? event.decode(ClientDisconnected) : undefined;
      const { engine, engineVersion } = ended ?? event.decode(ClientConnected);
      const subject = clientOf(all.values(), engine);
      const read = readEngineVersion(engineVersion);
      if (subject === undefined || read === undefined || isMoving(read)) continue;
      const beganMs = event.timeMs - (ended?.durationMs ?? 0);
      const row = {
        subject: subject.id,
        version: read.version,
        minute: Math.floor(beganMs / MINUTE_MS),
        opened: isEnd ? 0 : 1,
        ended: isEnd ? 1 : 0,
        faults: ended?.fault ? 1 : 0,
      };
      const name = `${row.subject} ${row.version} ${row.minute}`;
      const sum = counts.get(name);
      counts.set(name, sum === undefined ? row : added(sum, row));
    }
    for (const row of counts.values()) await add(db, row);
    await db
      .deleteFrom("played")
      .where("minute", "<", Math.floor((kit.hostMs() - KEPT_MS) / MINUTE_MS))
      .execute();
  },
);

const added = (a: PlayedRow, b: PlayedRow): PlayedRow => ({
  ...a,
  opened: a.opened + b.opened,
  ended: a.ended + b.ended,
  faults: a.faults + b.faults,
});

async function add(db: Kysely<EngineTables>, row: PlayedRow): Promise<void> {
  await db
    .insertInto("played")
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(["subject", "version", "minute"]).doUpdateSet({
        opened: sql`played.opened + ${row.opened}`,
        ended: sql`played.ended + ${row.ended}`,
        faults: sql`played.faults + ${row.faults}`,
      }),
    )
    .execute();
}

const clientOf = (all: Iterable<SubjectFile>, engine: string): SubjectFile | undefined => {
  const name = engine.toLowerCase();
  for (const subject of all) if (subject.clients.includes(name)) return subject;
  return undefined;
};

/** Sessions of a version that began since a moment. */
export interface Played {
  readonly opened: number;
  readonly ended: number;
  readonly faults: number;
}

export async function playedSince(
  db: Kysely<EngineTables>,
  subject: string,
  version: string,
  sinceMs: number,
): Promise<Played> {
  const row = await db
    .selectFrom("played")
    .select(({ fn }) => [
      fn.sum<number>("opened").as("opened"),
      fn.sum<number>("ended").as("ended"),
      fn.sum<number>("faults").as("faults"),
    ])
    .where("subject", "=", subject)
    .where("version", "=", version)
    .where("minute", ">=", Math.ceil(sinceMs / MINUTE_MS))
    .executeTakeFirst();
  return {
    opened: Number(row?.opened ?? 0),
    ended: Number(row?.ended ?? 0),
    faults: Number(row?.faults ?? 0),
  };
}
