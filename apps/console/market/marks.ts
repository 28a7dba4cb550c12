import { JournalService, Order } from "@orrery/schema/bus/v1";
import { RouteChanged, ShortageDeclared } from "@orrery/schema/world/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { inWords } from "../stream/row.ts";

/** Something that happened, as it is drawn on a price. */
export interface Mark {
  readonly id: string;
  readonly atGs: number;
  readonly says: string;
}

const MOST = 6;
const PAGE = 200;

/** Roads there that closed or opened, and shortages of the good, newest kept: from the journal, for those who may read it. */
export function useMarks(valley: Valley, regionId: string, goodId: string, fromGs: number): readonly Mark[] {
  const { answer } = useAsk(`marks ${regionId} ${goodId}`, async () => {
    if (!valley.isAdmin) return [];
    const { events } = await valley.world.rpc(JournalService).query({
      worldId: valley.world.id,
      filter: { types: [RouteChanged.typeName, ShortageDeclared.typeName], fromGs },
      order: Order.NEWEST_FIRST,
      pageSize: PAGE,
    });
    const marks = events.flatMap((event): Mark[] => {
      const { type, payload, id } = event;
      const mark = { id: `${id?.publisher}/${id?.sequence}`, says: inWords(event, valley) };
      if (type === RouteChanged.typeName) {
        const { fromId, toId, atGs } = RouteChanged.decode(payload);
        return fromId === regionId || toId === regionId ? [{ ...mark, atGs }] : [];
      }
      const short = ShortageDeclared.decode(payload);
      return short.regionId === regionId && short.goodId === goodId ? [{ ...mark, atGs: short.atGs }] : [];
    });
    return marks.slice(0, MOST).reverse();
  });
  return answer ?? [];
}
