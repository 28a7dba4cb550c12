import type { UnseenRequest, UnseenResponse as ResponseCodec } from "@orrery/schema/bus/v1";
import type { Call } from "@orrery/service";
import type { InitOf } from "@orrery/wire";
import { journal } from "../journal/part.ts";
import type { Found } from "../journal/read.ts";

const PIECE = 200;

/** Events published up to a place that their writer has not taken in by then. */
export async function* unseen(
  { worldId, position, types, marks }: UnseenRequest,
  call: Call,
): AsyncGenerator<InitOf<typeof ResponseCodec>> {
  const { reader } = call.part(journal);
  const events: Found[] = [];
  for (const publisher of await reader.publishers(worldId)) {
    const mark = marks.find((known) => known.publisher === publisher);
    const open = mark?.open ?? [];
    const from = Math.min((mark?.high ?? 0) + 1, ...open);
    const found = await reader.ofPublisher(worldId, publisher, from, Number.MAX_SAFE_INTEGER, types);
    const isUnseen = (sequence: number) => sequence > (mark?.high ?? 0) || open.includes(sequence);
    events.push(...found.filter(({ ordinal, id }) => ordinal <= position && isUnseen(id?.sequence ?? 0)));
  }
  events.sort((a, b) => a.ordinal - b.ordinal);
  for (let at = 0; at < events.length; at += PIECE) yield { events: events.slice(at, at + PIECE) };
}
