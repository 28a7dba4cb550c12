import { create } from "@bufbuild/protobuf";
import { quote } from "@orrery/economy";
import {
  type QuoteRequest,
  type ReserveTradeRequest,
  type ReserveTradeResponseInit,
  TradeSchema,
  TradeSide,
} from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import type { SeenState } from "@orrery/simulation/define";
import { worldStateErrors } from "../../errors.ts";
import { checkWelcome } from "../reputations/welcome.ts";
import type { Standing } from "../standing.ts";
import type { RealmContext, RealmWorld } from "../state.ts";
import { take } from "./holdings.ts";

const HOUR_GS = 3_600;
const REAL_MS = 10 * 60_000;
const MOST_OPEN = 3;

type Asked = Pick<QuoteRequest, "regionId" | "goodId" | "side" | "quantity">;

/** What a trade would come to now. @throws WORLD_NO_MARKETS, WORLD_UNKNOWN_MARKET, WORLD_TRADE_ORDER, WORLD_NOT_ENOUGH */
export function totalOf(
  { markets, purses }: Pick<SeenState<RealmWorld>, "markets" | "purses">,
  { valley }: Pick<Standing, "valley">,
  { regionId, goodId, side, quantity }: Asked,
): { readonly total: number; readonly marketId: string } {
  if (valley === undefined) throw new OrreryError(worldStateErrors.WORLD_NO_MARKETS, { given: regionId });
  const [place, good] = [valley.placeNo(regionId), valley.goodNo(goodId)];
  if (place < 0 || good < 0 || valley.places[place]?.outside === true)
    throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_MARKET, { given: `${goodId} in ${regionId}` });
  if (!(quantity > 0 && Number.isFinite(quantity)) || (side !== TradeSide.BUY && side !== TradeSide.SELL))
    throw new OrreryError(worldStateErrors.WORLD_TRADE_ORDER, { given: `${quantity}, side ${side}` });
  const marketId = valley.markets[valley.market(place, good)]?.id ?? "";
  const market = markets.get(marketId);
  const { stock = 0, lnPrice = 0 } = market ?? {};
  const total = quote(side, Math.exp(lnPrice), stock, quantity);
  const money = purses.get(regionId)?.money ?? 0;
  if (total === undefined || (side === TradeSide.SELL && total > money))
    throw new OrreryError(worldStateErrors.WORLD_NOT_ENOUGH, {
      given: side === TradeSide.BUY ? `${stock} of ${goodId} there` : `${money} pennies there`,
    });
  return { total, marketId };
}

/** Sets aside what a trade needs. @throws as totalOf; WORLD_NOT_WELCOME, WORLD_QUOTE_STALE, WORLD_TRADES_OPEN */
export function reserve(
  state: RealmWorld,
  { playerId, limit, ...asked }: ReserveTradeRequest,
  ctx: RealmContext,
): ReserveTradeResponseInit {
  const { total, marketId } = totalOf(state, ctx.derived, asked);
  const { regionId, goodId, side, quantity } = asked;
  if (side === TradeSide.BUY) checkWelcome(state, playerId, regionId);
  if (side === TradeSide.BUY ? total > limit : total < limit)
    throw new OrreryError(worldStateErrors.WORLD_QUOTE_STALE, { given: `${total} now` });
  let open = 0;
  for (const [, trade] of state.trades) if (trade.playerId === playerId) open += 1;
  if (open >= MOST_OPEN) throw new OrreryError(worldStateErrors.WORLD_TRADES_OPEN, { given: `${open} open` });
  if (side === TradeSide.BUY) {
    state.markets.edit(marketId).stock -= quantity;
    state.books.edit(goodId).held += quantity;
  } else {
    state.purses.edit(regionId).money -= total;
    state.root.heldMoney += total;
  }
  // What they have here is sold first; the rest they bring from elsewhere.
  const fromHolding = side === TradeSide.SELL ? take(state, playerId, goodId, quantity) : 0;
  state.root.traded += 1;
  const tradeId = `trade:${state.root.traded}`;
  const [untilGs, untilMs] = [state.root.hourGs + HOUR_GS, ctx.timeMs + REAL_MS];
  state.trades.add(
    tradeId,
    create(TradeSchema, { playerId, regionId, goodId, side, quantity, total, untilGs, untilMs, fromHolding }),
  );
  return { tradeId, total, untilGs, untilMs, fromHolding };
}
