import { moneyOf } from "@orrery/economy";
import { treasuriesOf } from "@orrery/politics";
import type { SeenState } from "@orrery/simulation/define";
import { affairsToRead } from "./affairs.ts";
import { booksToRead } from "./books.ts";
import type { Standing } from "./standing.ts";
import type { RealmWorld } from "./state.ts";

/** All money of a world, in purses, treasuries and what is set aside, less what players brought: it never changes. */
export function moneyIn(
  state: SeenState<RealmWorld>,
  { valley, powers }: Pick<Standing, "valley" | "powers">,
): number {
  const purses = valley === undefined ? 0 : moneyOf(booksToRead(state, valley));
  const { heldMoney, fromPlayers } = state.root;
  return (
    purses + heldMoney - fromPlayers + (powers === undefined ? 0 : treasuriesOf(affairsToRead(state, powers)))
  );
}
