import { isMoving, readEngineVersion } from "@orrery/engine-version";
import { Sighting } from "@orrery/schema/engine/v1";
import { type MessageOf, OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { engineErrors } from "../errors.ts";
import type { EngineTables } from "../tables.ts";

/** A version as it was given, in the way that all are called here. @throws ENGINE_UNKNOWN_VERSION */
export function mustVersion(subjectId: string, given: string): string {
  const read = readEngineVersion(given);
  if (read !== undefined && !isMoving(read)) return read.version;
  return unknown(subjectId, given);
}

/** @throws ENGINE_UNKNOWN_VERSION */
export async function mustSighting(
  db: Kysely<EngineTables>,
  subjectId: string,
  given: string,
): Promise<MessageOf<typeof Sighting>> {
  const version = mustVersion(subjectId, given);
  const row = await db
    .selectFrom("sighting")
    .select("body")
    .where("subject", "=", subjectId)
    .where("version", "=", version)
    .executeTakeFirst();
  return row === undefined ? unknown(subjectId, version) : Sighting.decode(row.body);
}

function unknown(subjectId: string, given: string): never {
  throw new OrreryError(engineErrors.ENGINE_UNKNOWN_VERSION, {
    given: `${subjectId} ${JSON.stringify(given.slice(0, 80))}`,
  });
}
