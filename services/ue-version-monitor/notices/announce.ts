import { randomUUID } from "node:crypto";
import { Announcement, Sighting } from "@orrery/schema/engine/v1";
import type { Kit } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import type { Config } from "../config.ts";
import type { Turn } from "../keep/turn.ts";

/** Tells whoever operates this of new versions: in the log, and by webhook where one is wanted. Once each. */
export async function announce(kit: Kit, turn: Turn, sightings: readonly Sighting[]): Promise<void> {
  const { noticesUrl } = kit.config as Config;
  for (const sighting of sightings) {
    if (sighting.announcement !== Announcement.ANNOUNCED) continue;
    const { subjectId: subject, tag, version } = sighting;
    turn.after(() => kit.log.info({ subject, tag, version: version?.text }, "a new version is there"));
    if (noticesUrl === "") continue;
    const row = { id: randomUUID(), body: encodeBytes(Sighting, sighting), tries: 0, next_ms: turn.nowMs };
    await turn.db.insertInto("notice").values(row).execute();
  }
}
