import type { Client } from "@connectrpc/connect";
import { type JournalService, Order } from "@orrery/schema/bus/v1";

/** How far a fork's past goes, as this service's own stream and clock have it. */
export interface Cut {
  /** Who said the last event of this service that the fork shares; empty: there is none. */
  readonly publisher: string;
  readonly sequence: number;
  /** When the world was forked off, Unix ms of its last shared event. */
  readonly atMs: number;
}

/** Most often the very newest is it; and what is not wanted is read in vain. */
const PAGE = 50;

/** @param position last ordinal of the parent's journal that the fork shares */
export async function cutOf(
  journal: Client<typeof JournalService>,
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
    const id = page.events.find(({ ordinal }) => ordinal <= position)?.id;
    if (id !== undefined) return { publisher: id.publisher, sequence: id.sequence, atMs };
    pageToken = page.nextPageToken;
    if (pageToken === "") return { publisher: "", sequence: 0, atMs };
  }
}
