import { type MarketTrade, MarketTradeDoneSchema, MarketTradeSchema } from "@orrery/schema/orchestration/v1";
import { TransactionKind, TransferResponseSchema, WalletService } from "@orrery/schema/payment/v1";
import { StateService } from "@orrery/schema/state/v1";
import { ReserveTradeResponseSchema, TradeSide, WorldService } from "@orrery/schema/world/v1";
import { PLATFORM } from "@orrery/wire";
import { FOR_EVER, type See, workflow } from "../engine/mod.ts";

const { reserveTrade, releaseTrade, commitTrade } = WorldService.method;
const { consume, grant } = StateService.method;
const { transfer, reverse } = WalletService.method;
/** A trade that nobody pays for is let go after ten minutes. */
const DEADLINE_MS = 300_000;

/** Of what is sold, what the player does not have in the world's books: it comes out of their inventory, in whole items. */
function brought(see: See<MarketTrade>): number {
  const { side, quantity } = see.input;
  if (side !== TradeSide.SELL) return 0;
  return Math.max(0, Math.ceil(quantity - see.need(ReserveTradeResponseSchema, "reserve").fromHolding));
}

/**
 * Goods and money of a town are set aside, the player pays or is paid over the border to the town's money, and only then are
 * the goods theirs or the town's. What is bought is kept in
 * the books of the world; what is sold comes from there first, and else out of the player's inventory.
 */
export const marketTrade = workflow(MarketTradeSchema, ({ rpc, undoneBy }) => ({
  module: import.meta.url,
  id: "market-trade",
  version: 1,
  summary: "A player buys of a town's market, or sells to it.",
  output: MarketTradeDoneSchema,
  starts: ["service", "player"],
  owner: ({ playerId }) => playerId,
  deadlineMs: DEADLINE_MS,
  refuses({ playerId, regionId, goodId, side, quantity, currency }, worldId) {
    if (!playerId.startsWith("player:")) return "player_id is to be like player:ada";
    if (worldId === PLATFORM) return "world_id is empty";
    if (regionId === "" || goodId === "" || currency === "")
      return "region_id, good_id and currency are not to be empty";
    if (side === TradeSide.UNSPECIFIED) return "side is BUY or SELL";
    return Number.isSafeInteger(quantity) && quantity > 0
      ? undefined
      : `quantity ${quantity}, a whole number from 1 on`;
  },
  steps: {
    reserve: rpc(reserveTrade, {
      request: ({ input, worldId }) => {
        const { playerId, regionId, goodId, side, quantity, limit } = input;
        return { worldId, playerId, regionId, goodId, side, quantity, limit };
      },
      compensate: undoneBy(releaseTrade, reserveTrade, ({ worldId }, _key, { tradeId }) => ({
        worldId,
        tradeId,
      })),
    }),
    bring: rpc(consume, {
      needs: ["reserve"],
      when: (see) => brought(see) > 0,
      request: (see) => ({
        ...{ worldId: see.worldId, owner: see.input.playerId },
        items: [{ itemId: see.input.goodId, count: brought(see) }],
      }),
      compensate: undoneBy(grant, consume, (see, key) => ({
        ...{ worldId: see.worldId, owner: see.input.playerId, grantKey: key, source: "trade", mayWait: true },
        items: [{ itemId: see.input.goodId, count: brought(see) }],
      })),
    }),
    pay: rpc(transfer, {
      needs: ["bring"],
      when: (see) => see.need(ReserveTradeResponseSchema, "reserve").total > 0,
      keyWindowMs: FOR_EVER,
      request: (see) => {
        const { tradeId, total } = see.need(ReserveTradeResponseSchema, "reserve");
        const { playerId, currency, side, goodId } = see.input;
        const paid = side === TradeSide.BUY ? -total : total;
        return {
          ...{
            worldId: see.worldId,
            currency,
            kind: TransactionKind.EXCHANGE,
            memo: goodId,
            subject: tradeId,
          },
          legs: [
            { accountId: `${playerId}/${currency}`, amount: paid },
            { accountId: `system:market/${currency}`, amount: -paid },
          ],
        };
      },
      compensate: undoneBy(
        reverse,
        transfer,
        ({ worldId }, _key, { transaction }) => ({
          worldId,
          txId: transaction?.txId ?? "",
          memo: "the trade is off",
        }),
        { keyWindowMs: FOR_EVER },
      ),
    }),
    commit: rpc(commitTrade, {
      needs: ["pay"],
      pivot: true,
      request: (see) => ({
        worldId: see.worldId,
        tradeId: see.need(ReserveTradeResponseSchema, "reserve").tradeId,
        ledgerRef: see.result(TransferResponseSchema, "pay")?.transaction?.txId ?? "",
      }),
    }),
  },
  answer(see) {
    const { tradeId, total } = see.need(ReserveTradeResponseSchema, "reserve");
    return { tradeId, total, txId: see.result(TransferResponseSchema, "pay")?.transaction?.txId ?? "" };
  },
}));
