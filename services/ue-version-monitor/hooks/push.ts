import { PushResponse } from "@orrery/schema/engine/v1";
import type { Kit } from "@orrery/service";
import { type MessageOf, OrreryError } from "@orrery/wire";
import type { Config } from "../config.ts";
import { engineErrors } from "../errors.ts";
import { listsAll } from "../feeds/read.ts";
import { keeper } from "../keep/keeper.ts";
import type { AnswerKey } from "../keep/turn.ts";
import { announce } from "../notices/announce.ts";
import { reached } from "../polling/status.ts";
import { described, putSource, readSource } from "../polling/store.ts";
import type { Entry } from "../sightings/entry.ts";
import { record } from "../sightings/record.ts";
import { subjects } from "../subjects/part.ts";
import { parseTag } from "../subjects/tag.ts";

/** @param sourceId of a push source of the subject. @throws ENGINE_TAG_UNPARSED with the patterns tried */
export async function push(
  kit: Kit,
  subjectId: string,
  sourceId: string,
  entry: Entry,
  answer?: AnswerKey,
): Promise<MessageOf<typeof PushResponse>> {
  const { must, sources } = kit.part(subjects);
  const file = must(subjectId);
  const parsed = parseTag(file, entry.tag);
  if (parsed === undefined) {
    const tried = file.tags.map(({ pattern }) => pattern).join("  ") || "as engines call their versions";
    throw new OrreryError(engineErrors.ENGINE_TAG_UNPARSED, {
      given: `${JSON.stringify(entry.tag.slice(0, 80))} of ${subjectId}; tried ${tried}`,
    });
  }
  return kit.part(keeper).submit({
    ...(answer && { answer }),
    reply: PushResponse,
    async run(turn) {
      const { nowMs } = turn;
      const isWhole = (id: string) => listsAll(sources.get(id)?.kind ?? "push");
      const source = { sourceId, subjectId, whole: false, first: false, nowMs, isWhole };
      const recorded = await record(turn, file, source, [entry]);
      await announce(kit, turn, recorded.announced);
      const watched = sources.get(sourceId);
      if (watched !== undefined) {
        const before = described(watched, await readSource(turn.db, sourceId), (kit.config as Config).live);
        const { changed, unparsed } = recorded;
        const now = { nowMs, changed, unparsed, intervalMs: before.intervalMs, missingSinceMs: 0 };
        await putSource(turn.db, reached(before, { ...now, rateLeft: undefined, limitedUntilMs: undefined }));
      }
      const sighting = "channel" in parsed ? recorded.sightings.get(parsed.version) : undefined;
      return { changed: recorded.changed, ...(sighting !== undefined && { sighting }) };
    },
  });
}
