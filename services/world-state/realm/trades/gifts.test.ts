import { imbalanceOf } from "@orrery/economy";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { GiftAnswered } from "@orrery/schema/npc/v1";
import {
  CommitTradeRequest,
  CommitTradeResponse,
  GiveRequest,
  GiveResponse,
  GoodsOffered,
  ReleaseTradeRequest,
  ReleaseTradeResponse,
  ReserveTradeRequest,
  ReserveTradeResponse,
  TradeSide,
} from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { booksToRead } from "../books.ts";
import { hollowmere, HOUR_GS, realmWorld } from "../valley.testing.ts";
import { has } from "./holdings.ts";

const { BUY, SELL } = TradeSide;
const [regionId, ALE, GRAIN, MIRA] = ["region:market-vale", "good:ale", "good:grain", "npc:mira-reed"];
let { world, passUntil } = {} as ReturnType<typeof realmWorld>;
beforeEach(async () => {
  ({ world, passUntil } = realmWorld(await hollowmere()));
  passUntil(HOUR_GS);
});
const reserve = (side: TradeSide, quantity: number, goodId = ALE, playerId = "ada") =>
  world.run(ReserveTradeRequest, ReserveTradeResponse, {
    ...{ worldId: "vale", playerId, regionId, goodId, side, quantity },
    limit: side === BUY ? 1e9 : 0,
  }).tradeId;
const commit = (tradeId: string) =>
  world.run(CommitTradeRequest, CommitTradeResponse, { worldId: "vale", tradeId, ledgerRef: "t1" });
const give = (quantity: number, goodId = ALE, playerId = "ada", npcId = MIRA) =>
  world.run(GiveRequest, GiveResponse, { worldId: "vale", playerId, npcId, goodId, quantity });
const answer = (giftId: string, taken: boolean) =>
  world.tell(
    GiftAnswered,
    { atGs: HOUR_GS, giftId, npcId: MIRA, playerId: "player:ada", taken },
    { source: "npc-behavior" },
  );
const held = (goodId = ALE, playerId = "ada") => has(world.state, playerId, goodId);
const expectBalance = () => {
  const valley = world.derived.valley!;
  for (const goodId of [ALE, GRAIN])
    expect(
      Math.abs(imbalanceOf(valley, booksToRead(world.state, valley), valley.goodNo(goodId))),
    ).toBeLessThan(1e-9);
};

describe("what a player has", () => {
  it("is what the bag holds, and what was bought and paid for, until it is sold or given", () => {
    expect([held(GRAIN), held()]).toEqual([2, 0]);
    const trade = reserve(BUY, 5);
    expect(held()).toBe(0);
    commit(trade);
    expect([held(GRAIN), held()]).toEqual([2, 5]);
    const sale = reserve(SELL, 3);
    expect(held()).toBe(2);
    world.run(ReleaseTradeRequest, ReleaseTradeResponse, { worldId: "vale", tradeId: sale });
    expect(held()).toBe(5);
    commit(reserve(SELL, 3));
    expect(held()).toBe(2);
    expectBalance();
  });

  it("is not given twice, nor sold and given: what is set aside is neither's", () => {
    commit(reserve(BUY, 5));
    const sale = reserve(SELL, 4);
    expect(() => give(2)).toThrow(/WORLD_NOT_ENOUGH.*you have 1/);
    commit(sale);
    expect(give(1).left).toBe(0);
    expect(() => give(1)).toThrow(/WORLD_NOT_ENOUGH.*you have 0/);
    expectBalance();
  });
});

describe("a gift", () => {
  it("is held out, and gone once it is taken; the books know it as sold", () => {
    commit(reserve(BUY, 5));
    const { giftId, left } = give(2);
    expect(left).toBe(3);
    expect(world.emitted(GoodsOffered).at(-1)?.event).toMatchObject({
      ...{ giftId, playerId: "player:ada", npcId: MIRA, goodId: ALE, quantity: 2 },
    });
    answer(giftId, true);
    expect([held(), world.state.gifts.size, world.state.books.get(ALE)?.sold]).toEqual([3, 0, 5]);
    expectBalance();
  });

  it("that is not taken is the player's as before, once", () => {
    const { giftId } = give(1, GRAIN);
    expect(held(GRAIN)).toBe(1);
    answer(giftId, false);
    answer(giftId, false);
    answer(giftId, true);
    answer("gift:constructor", false);
    expect(held(GRAIN)).toBe(2);
  });

  it.each([
    [0, GRAIN, /WORLD_TRADE_ORDER/],
    [-1, GRAIN, /WORLD_TRADE_ORDER/],
    [Number.NaN, GRAIN, /WORLD_TRADE_ORDER/],
    [3, GRAIN, /WORLD_NOT_ENOUGH.*you have 2/],
    [1, "good:constructor", /WORLD_UNKNOWN_MARKET/],
    [1, "__proto__", /WORLD_UNKNOWN_MARKET/],
  ])("of %d %s is refused, and nothing is held out", (quantity, goodId, says) => {
    expect(() => give(quantity, goodId)).toThrow(says);
    expect([world.state.gifts.size, world.emitted(GoodsOffered).length]).toEqual([0, 0]);
  });

  it("is one of three at most that nobody has answered", () => {
    for (const quantity of [0.5, 0.5, 0.5]) give(quantity, GRAIN);
    expect(() => give(0.5, GRAIN)).toThrow(/WORLD_TRADES_OPEN.*3 gifts/);
  });

  it("that nobody answers for two game days is the player's again, and an answer after that changes nothing", () => {
    const { giftId } = give(1, GRAIN);
    passUntil(48 * HOUR_GS);
    expect([held(GRAIN), world.state.gifts.size]).toEqual([1, 1]);
    passUntil(49 * HOUR_GS);
    expect([held(GRAIN), world.state.gifts.size]).toEqual([2, 0]);
    answer(giftId, true);
    expect(held(GRAIN)).toBe(2);
    expectBalance();
  });

  it("of somebody who is erased is gone with all that they had, and nobody else's", () => {
    commit(reserve(BUY, 5));
    commit(reserve(BUY, 4, ALE, "bea"));
    const { giftId } = give(1);
    world.tell(SubjectErased, { subject: "player:ada" });
    answer(giftId, false);
    for (const table of [world.state.holdings, world.state.gifts])
      expect(JSON.stringify([...table])).not.toContain("ada");
    expect([held(ALE, "bea"), held()]).toEqual([4, 0]);
    expectBalance();
  });
});
