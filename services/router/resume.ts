import type { Cursor, StreamMark } from "@orrery/schema/router/v1";
import { JournalService, Order } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { stripServerOnly } from "@orrery/wire";
import type { Kit } from "@orrery/service";
import type { Ring } from "./ring.ts";
import { audienceFromPayload } from "./see.ts";
import type { SeenEvent } from "./seen-event.ts";

/** How far back a journal is searched for a client that was away. */
const JOURNAL_MS = 3_600_000;
/** Clocks of publishers may differ by this much. */
const MARGIN_MS = 120_000;
const PAGE = 1_000;

export function marksOf(marks: readonly StreamMark[]): Map<string, number> {
  return new Map(marks.map((mark) => [mark.publisher, mark.sequence]));
}

/** What a client with this cursor has missed: from the ring, else from the journal; undefined: a snapshot is needed. */
export async function missedSince(
  kit: Kit,
  ring: Ring,
  cursor: Cursor,
): Promise<readonly SeenEvent[] | undefined> {
  const marks = marksOf(cursor.marks);
  return ring.after(marks) ?? (await fromJournal(kit, ring, cursor, marks));
}

async function fromJournal(
  kit: Kit,
  ring: Ring,
  cursor: Cursor,
  marks: ReadonlyMap<string, number>,
): Promise<readonly SeenEvent[] | undefined> {
  if (cursor.timeMs === 0 || kit.clock.now() - cursor.timeMs > JOURNAL_MS) return undefined;
  const missed: SeenEvent[] = [];
  const reached = new Map<string, number>(marks);
  try {
    const journal = kit.client(JournalService);
    for (let pageToken = ""; ; ) {
      const filter = { fromMs: cursor.timeMs - MARGIN_MS };
      const page = await journal.query({
        worldId: cursor.worldId,
        filter,
        order: Order.ARRIVAL,
        pageSize: PAGE,
        pageToken,
      });
      for (const kept of page.events) {
        const { publisher = "", sequence = 0 } = kept.id ?? {};
        if (sequence <= (reached.get(publisher) ?? 0)) continue;
        reached.set(publisher, sequence);
        const codec = codecs.get(kept.type);
        const audience = codec && audienceFromPayload(codec, kept.payload, kept.key);
        if (codec?.event === undefined || audience === undefined) continue;
        missed.push({
          world: kept.world,
          source: kept.service,
          publisher,
          sequence,
          lane: codec.event.lane,
          type: kept.type,
          key: kept.key,
          timeMs: kept.timeMs,
          cause: kept.cause,
          payload: stripServerOnly(codec, kept.payload),
          coalesce: codec.event.coalesce,
          audience,
        });
      }
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
  } catch (error) {
    kit.log.warn(
      { err: error, world: cursor.worldId },
      "the journal did not answer; the client gets a snapshot",
    );
    return undefined;
  }
  // The journal may be a moment behind the ring: what it had not kept yet stands there.
  const rest = ring.after(reached);
  return rest === undefined ? undefined : [...missed, ...rest];
}
