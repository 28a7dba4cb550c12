import type { Client } from "@connectrpc/connect";
import { type EventId, type JournalService, Order } from "@orrery/schema/bus/v1";
import { errorCodeOf } from "@orrery/service";

/** How far a fork's past goes, as this service's own stream and clock have it. */
export interface Cut {
  /** Who said the last event of this service that the fork shares; empty: there is none. */
  readonly publisher: string;
  readonly sequence: number;
  /** When the world was forked off, Unix ms of its last shared event. */
  readonly atMs: number;
}

type Journal = Client<typeof JournalService>;

/** Most often the very newest is it; and what is not wanted is read in vain. */
const PAGE = 50;

/** @param position last ordinal of the parent's journal that the fork shares */
export async function cutOf(
  journal: Journal,
  service: string,
  parent: string,
  position: number,
): Promise<Cut> {
  const { event } = await journal.get({ worldId: parent, which: { case: "ordinal", value: position } });
  const atMs = event?.timeMs ?? 0;
  for (let pageToken = ""; ; ) {
    const page = await journal.query({
      worldId: parent,
      filter: { services: [service], types: ["state.*"] },
      order: Order.NEWEST_FIRST,
      pageSize: PAGE,
      pageToken,
    });
    const last = page.events.at(-1)?.id;
    const id = page.events.find(({ ordinal }) => ordinal <= position)?.id;
    const found = id ?? (last && (await lastBefore(journal, parent, position, last)));
    if (found !== undefined) return { publisher: found.publisher, sequence: found.sequence, atMs };
    pageToken = page.nextPageToken;
    if (pageToken === "") return { publisher: "", sequence: 0, atMs };
  }
}

/** The last event of one publisher up to a place, all of which come before one that is known. */
async function lastBefore(
  journal: Journal,
  worldId: string,
  position: number,
  { publisher, sequence }: EventId,
): Promise<Pick<EventId, "publisher" | "sequence"> | undefined> {
  let [low, high] = [0, sequence - 1];
  let seen = false;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const ordinal = await ordinalOf(journal, worldId, publisher, middle);
    seen ||= ordinal !== undefined && ordinal <= position;
    // What the journal has no more is older than what it has.
    if (ordinal === undefined || ordinal <= position) low = middle;
    else high = middle - 1;
  }
  return seen ? { publisher, sequence: low } : undefined;
}

async function ordinalOf(journal: Journal, worldId: string, publisher: string, sequence: number) {
  try {
    const { event } = await journal.get({ worldId, which: { case: "id", value: { publisher, sequence } } });
    return event?.ordinal;
  } catch (error) {
    if (errorCodeOf(error) === "BUS_UNKNOWN_EVENT" || errorCodeOf(error) === "BUS_PRUNED") return undefined;
    throw error;
  }
}
