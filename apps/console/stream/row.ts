import type { JournalEvent } from "@orrery/schema/bus/v1";
import { events } from "@orrery/schema/events";
import { renderSays } from "@orrery/wire";
import type { Valley } from "../data/valley.ts";

/** One line of the stream. */
export interface Row {
  /** `publisher/sequence`. */
  readonly id: string;
  readonly type: string;
  readonly service: string;
  readonly says: string;
  readonly key: string;
  readonly atGs: number | undefined;
  readonly timeMs: number;
}

export function fromJournal(event: JournalEvent, valley: Valley): Row {
  const { type, service, key, atGs, timeMs } = event;
  return {
    id: `${event.id?.publisher}/${event.id?.sequence}`,
    type,
    service,
    key,
    atGs,
    timeMs,
    says: inWords(event, valley),
  };
}

/** The event in words, with the names that this world gives its places. */
export function inWords(event: JournalEvent, valley: Valley): string {
  const codec = events.get(event.type);
  if (codec === undefined || event.undecodable !== "") return event.says || event.type;
  return renderSays(codec, codec.decode(event.payload), { nameOf: valley.nameOf });
}
