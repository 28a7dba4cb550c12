import type { Books } from "./books.ts";
import type { Hour } from "./given.ts";
import type { Valley } from "./valley.ts";

/** Loads that are due come in, or never do: one in so many is lost on the way. Those who wait cannot tell until then. */
export function arrive(valley: Valley, books: Books, { atGs, luck }: Hour): void {
  for (const [id, { goodId, quantity, toId, routeIds, arrivesGs }] of [...books.shipments.all()]) {
    if (arrivesGs > atGs) continue;
    books.shipments.remove(id);
    const [place, good] = [valley.placeNo(toId), valley.goodNo(goodId)];
    const market = books.markets[valley.market(place, good)];
    const book = books.goods[good];
    // What a pack has taken away nobody waits for.
    if (place < 0 || good < 0 || market === undefined || book === undefined) continue;
    market.inbound = Math.max(0, market.inbound - quantity);
    if (luck.uniform() < riskOf(valley, routeIds)) {
      book.lost += quantity;
      continue;
    }
    market.stock += quantity;
    market.came += quantity;
  }
}

/** That something happens on any of the stretches. */
function riskOf({ links, linkNo }: Valley, routeIds: readonly string[]): number {
  const safe = routeIds.reduce((product, id) => product * (1 - (links[linkNo(id)]?.risk ?? 0)), 1);
  return 1 - safe;
}
