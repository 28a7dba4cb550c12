import { ReadAccess } from "@orrery/schema/state/v1";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { stateErrors } from "../errors.ts";
import { changeOf } from "../read/change-message.ts";
import type { StateTables } from "../tables.ts";
import type { Ground, Head } from "../write/ground.ts";
import type { Told } from "./feed.ts";

/** How far back a watch may begin. */
const BACK_MS = 24 * 3_600_000;

/**
 * Changes of a collection after a seq, as history has them.
 * @throws STATE_CURSOR_TOO_OLD where the next one is older than 24 h or no longer kept
 */
export async function fromHistory(
  db: Kysely<StateTables>,
  ground: Ground,
  head: Head,
  seq: number,
  limit: number,
  nowMs: number,
): Promise<readonly Told[]> {
  const rows = await db
    .selectFrom("change")
    .leftJoin("object", "object.id", "change.object")
    .selectAll("change")
    .select(["object.owner", "object.key", "object.read"])
    .where("change.head", "=", head.id)
    .where("change.seq", ">", seq)
    .orderBy("change.seq")
    .limit(limit)
    .execute();
  const [first] = rows;
  if (first === undefined || first.seq !== seq + 1 || first.at_ms < nowMs - BACK_MS)
    throw new OrreryError(stateErrors.STATE_CURSOR_TOO_OLD, {
      given: `${head.world}/${head.collection} after ${seq}; it stands at ${head.seq}`,
    });
  return rows.map(({ owner, key, read, ...row }) => {
    const about = { world: head.world, collection: head.collection, owner: owner ?? "", key: key ?? "" };
    const change = changeOf(row, about, ground);
    return {
      seq: row.seq,
      owner: about.owner,
      key: about.key,
      public: change.public === true,
      owners: (read ?? 0) >= ReadAccess.OWNER,
      change,
    };
  });
}
