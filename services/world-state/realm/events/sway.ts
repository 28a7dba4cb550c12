import { type Sway, UNSWAYED, type Valley } from "@orrery/economy";
import type { Powers } from "@orrery/politics";
import { type Modifier, Quantity } from "@orrery/schema/world/v1";
import type { SeenState } from "@orrery/simulation/define";
import type { RealmWorld } from "../state.ts";
import { modified } from "./modifiers.ts";

/** A price is never bound for less than this share of what it would be. */
const LEAST = 0.05;

type Seen = Pick<SeenState<RealmWorld>, "events">;

/** What events change now, by what and where. */
function byTarget({ events }: Seen): ReadonlyMap<string, readonly Modifier[]> {
  const found = new Map<string, Modifier[]>();
  for (const [, { modifiers }] of events)
    for (const one of modifiers as readonly Modifier[]) {
      const key = `${one.quantity} ${one.targetId}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, [one]);
      else known.push(one);
    }
  return found;
}

/** How events bear on the markets of a world. */
export function swayOf(state: Seen, { markets, places, goods, links }: Valley): Sway {
  const all = byTarget(state);
  if (all.size === 0) return UNSWAYED;
  const at = (quantity: Quantity, place: number, goodId: string) =>
    (all.get(`${quantity} ${places[place]?.id ?? ""}`) ?? []).filter(
      (one) => one.goodId === "" || one.goodId === goodId,
    );
  const ofMarket = (quantity: Quantity) => (market: number) => {
    const { place = -1, good = -1 } = markets[market] ?? {};
    const here = at(quantity, place, goods[good]?.id ?? "");
    return here.length === 0 ? 1 : Math.max(0, modified(1, here));
  };
  const price = ofMarket(Quantity.PRICE);
  return {
    make: ofMarket(Quantity.MAKE),
    use: ofMarket(Quantity.USE),
    price: (market) => Math.log(Math.max(LEAST, price(market))),
    road(link) {
      const { from = -1, to = -1 } = links[link] ?? {};
      const here = [...at(Quantity.ROAD, from, ""), ...at(Quantity.ROAD, to, "")];
      return here.length === 0 ? 1 : Math.max(0, modified(1, here));
    },
  };
}

/** What happens where a good is sold and bears on its price; undefined: nothing does. */
export function priceEvent(
  events: Seen["events"],
  valley: Valley,
  market: number,
): { text: string; factor: number; causePublisher: string; causeSequence: number } | undefined {
  const { place = -1, good = -1 } = valley.markets[market] ?? {};
  const [regionId, goodId] = [valley.places[place]?.id, valley.goods[good]?.id];
  for (const [, { modifiers, text, causePublisher, causeSequence }] of events) {
    const bears = modifiers.some(
      (one) =>
        one.quantity === Quantity.PRICE &&
        one.targetId === regionId &&
        (one.goodId === "" || one.goodId === goodId),
    );
    if (!bears) continue;
    const factor = Math.exp(swayOf({ events }, valley).price(market));
    return { text, factor, causePublisher, causeSequence };
  }
  return undefined;
}

/** What events add to the pull of each territory's holder. */
export function holdsOf(state: Seen, { territories }: Powers): readonly number[] {
  const all = byTarget(state);
  return territories.map(({ id }) => modified(0, all.get(`${Quantity.HOLD} ${id}`) ?? []));
}
