import {
  type CommitTradeRequest,
  type CommitTradeResponseInit,
  type ReleaseTradeRequest,
  type ReleaseTradeResponseInit,
  type Trade,
  TradeSide,
} from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../../errors.ts";
import { hearSale } from "../reputations/hear.ts";
import type { RealmContext, RealmWorld } from "../state.ts";
import { add } from "./holdings.ts";

/** It was paid. @throws WORLD_TRADE_CLOSED where it is done, let go or was never agreed on */
export function commit(
  state: RealmWorld,
  { tradeId }: CommitTradeRequest,
  ctx: RealmContext,
): CommitTradeResponseInit {
  const trade = state.trades.get(tradeId);
  if (trade === undefined) throw new OrreryError(worldStateErrors.WORLD_TRADE_CLOSED, { given: tradeId });
  const { playerId, side, regionId, goodId, quantity, total } = trade;
  state.trades.remove(tradeId);
  const book = state.books.edit(goodId);
  if (side === TradeSide.BUY) {
    book.held -= quantity;
    book.sold += quantity;
    add(state, playerId, goodId, quantity);
    state.purses.edit(regionId).money += total;
    state.root.fromPlayers += total;
  } else {
    book.bought += quantity;
    state.markets.edit(`${regionId}/${goodId}`).stock += quantity;
    state.root.heldMoney -= total;
    state.root.fromPlayers -= total;
    hearSale(state, trade, ctx);
  }
  return { quantity, total };
}

/** It is off. */
export function release(state: RealmWorld, { tradeId }: ReleaseTradeRequest): ReleaseTradeResponseInit {
  const trade = state.trades.get(tradeId);
  if (trade === undefined) return { released: false };
  putBack(state, tradeId, trade as Trade);
  return { released: true };
}

/** Lets go of what nobody paid for in time: of the game's and of the world outside. */
export function expire(state: RealmWorld, atGs: number, { timeMs }: Pick<RealmContext, "timeMs">): void {
  const over = [...state.trades].filter(([, { untilGs, untilMs }]) => untilGs <= atGs && untilMs <= timeMs);
  for (const [id, trade] of over) putBack(state, id, trade as Trade);
}

/** Whoever is erased has no trade open any more. @param subject as events name it, `player:ada` */
export function forget(state: RealmWorld, subject: string): void {
  const own = [...state.trades].filter(
    ([, { playerId }]) => playerId === subject || `player:${playerId}` === subject,
  );
  for (const [id, trade] of own) putBack(state, id, trade as Trade);
}

function putBack(
  state: RealmWorld,
  tradeId: string,
  { playerId, side, regionId, goodId, quantity, total, fromHolding }: Trade,
): void {
  state.trades.remove(tradeId);
  if (side === TradeSide.BUY) {
    state.books.edit(goodId).held -= quantity;
    state.markets.edit(`${regionId}/${goodId}`).stock += quantity;
  } else {
    state.root.heldMoney -= total;
    state.purses.edit(regionId).money += total;
    add(state, playerId, goodId, fromHolding);
  }
}
