import { isMoving, readEngineVersion } from "@orrery/engine-version";
import { Channel, KeptSubject } from "@orrery/schema/engine/v1";
import { encodeBytes, type InitOf, type MessageOf } from "@orrery/wire";
import type { Kysely } from "kysely";
import { versionMessage } from "../sightings/version.ts";
import type { EngineTables } from "../tables.ts";
import type { SubjectFile } from "./shape.ts";

export type Kept = MessageOf<typeof KeptSubject>;

export const CHANNELS = {
  stable: Channel.STABLE,
  preview: Channel.PREVIEW,
  nightly: Channel.NIGHTLY,
} as const;

/** How a subject stands; as its file begins it where nothing was changed here yet. */
export async function readSubject(db: Kysely<EngineTables>, file: SubjectFile): Promise<Kept> {
  const row = await db.selectFrom("subject").select("body").where("id", "=", file.id).executeTakeFirst();
  return row === undefined ? begun(file) : KeptSubject.decode(row.body);
}

function begun({ current, channel, ignore }: SubjectFile): Kept {
  const read = current === undefined ? undefined : readEngineVersion(current);
  const bytes = encodeBytes(KeptSubject, {
    ...(read !== undefined && !isMoving(read) && { current: versionMessage(read.version) }),
    channel: CHANNELS[channel],
    ignored: ignore.map(({ range, why }) => ({ range, why, by: "engines.yaml", atMs: 0 })),
  });
  return KeptSubject.decode(bytes);
}

export async function putSubject(
  db: Kysely<EngineTables>,
  id: string,
  kept: InitOf<typeof KeptSubject>,
): Promise<void> {
  const body = encodeBytes(KeptSubject, kept);
  await db
    .insertInto("subject")
    .values({ id, body })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ body }))
    .execute();
}
