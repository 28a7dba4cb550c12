import { create } from "@bufbuild/protobuf";
import { type Holding, HoldingSchema } from "@orrery/schema/world/v1";
import type { SeenState } from "@orrery/simulation/define";
import { entityIdOf } from "../../player-id.ts";
import { PACK, type RealmWorld } from "../state.ts";

/*
 * What players have of goods. It has left the markets' books: what was bought stands there as sold, and what a bag holds was
 * brought from elsewhere. It goes back to a market by a sale, or to somebody as a gift, who uses it up.
 */

type Seen = Pick<SeenState<RealmWorld>, "holdings" | "grounds">;

/** What a player has, by good: whoever never had anything to do with goods has their bag. */
export function holdingOf({ holdings, grounds }: Seen, playerId: string): ReadonlyMap<string, number> {
  const own = holdings.get(entityIdOf(playerId))?.goods ?? grounds.get(PACK)?.economy?.bag ?? {};
  return new Map(Object.entries(own));
}

export const has = (seen: Seen, playerId: string, goodId: string): number =>
  holdingOf(seen, playerId).get(goodId) ?? 0;

function edit({ holdings, grounds }: RealmWorld, playerId: string): Holding {
  const id = entityIdOf(playerId);
  if (holdings.has(id)) return holdings.edit(id);
  const goods = Object.fromEntries(holdingOf({ holdings, grounds }, id));
  return holdings.add(id, create(HoldingSchema, { goods }));
}

export function add(state: RealmWorld, playerId: string, goodId: string, quantity: number): void {
  if (quantity <= 0) return;
  const { goods } = edit(state, playerId);
  goods[goodId] = (Object.hasOwn(goods, goodId) ? (goods[goodId] ?? 0) : 0) + quantity;
}

/** Takes as much as there is, at most so much. @returns how much that was */
export function take(state: RealmWorld, playerId: string, goodId: string, quantity: number): number {
  const taken = Math.min(quantity, has(state, playerId, goodId));
  if (taken <= 0) return 0;
  const { goods } = edit(state, playerId);
  const left = (goods[goodId] ?? 0) - taken;
  if (left > 0) goods[goodId] = left;
  else delete goods[goodId];
  return taken;
}
