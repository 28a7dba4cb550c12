import { imbalanceOf } from "@orrery/economy";
import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  CommitTradeRequest,
  CommitTradeResponse,
  ReleaseTradeRequest,
  ReleaseTradeResponse,
  ReserveTradeRequest,
  ReserveTradeResponse,
  TradeSide,
} from "@orrery/schema/world/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { booksToRead } from "../books.ts";
import { moneyIn } from "../money.ts";
import { hollowmere, hour, HOUR_GS, realmWorld } from "../valley.testing.ts";
import { totalOf } from "./reserve.ts";

const { BUY, SELL } = TradeSide;
const [regionId, goodId] = ["region:market-vale", "good:ale"];
const MINUTE_MS = 60_000;
let { world, passUntil } = {} as ReturnType<typeof realmWorld>;
let money = 0;
beforeEach(async () => {
  ({ world, passUntil } = realmWorld(await hollowmere()));
  passUntil(HOUR_GS);
  money = moneyIn(world.state, world.derived);
});
const stock = () => world.state.markets.get(`${regionId}/${goodId}`)!.stock;
const purse = () => world.state.purses.get(regionId)!.money;
const total = (side: TradeSide, quantity: number) =>
  totalOf(world.state, world.derived, { regionId, goodId, side, quantity }).total;
const reserve = (over: object = {}, about?: object) =>
  world.run(
    ReserveTradeRequest,
    ReserveTradeResponse,
    { worldId: "vale", playerId: "ada", regionId, goodId, side: BUY, quantity: 20, limit: 1e9, ...over },
    about,
  );
const commit = (tradeId: string) =>
  world.run(CommitTradeRequest, CommitTradeResponse, { worldId: "vale", tradeId, ledgerRef: "t1" });
const release = (tradeId: string) =>
  world.run(ReleaseTradeRequest, ReleaseTradeResponse, { worldId: "vale", tradeId }).released;
/** Nothing is lost and nothing comes of nothing, whatever stands open. */
const expectBalance = () => {
  const { valley } = world.derived;
  expect(
    Math.abs(imbalanceOf(valley!, booksToRead(world.state, valley!), valley!.goodNo(goodId))),
  ).toBeLessThan(1e-9);
  expect(moneyIn(world.state, world.derived)).toBe(money);
};

describe("a trade", () => {
  it("that is bought is set aside, paid, and gone: for what was quoted", () => {
    const [before, had, quoted] = [stock(), purse(), total(BUY, 20)];
    const { tradeId, total: agreed } = reserve({ limit: quoted });
    expect(agreed).toBe(quoted);
    expect(stock()).toBeCloseTo(before - 20, 9);
    expectBalance();
    expect(commit(tradeId)).toMatchObject({ quantity: 20, total: quoted });
    expect(purse()).toBe(had + quoted);
    expect(world.state.books.get(goodId)?.sold).toBe(20);
    expectBalance();
  });

  it("that is sold takes the town's money, and leaves the good there", () => {
    const [before, had, quoted] = [stock(), purse(), total(SELL, 5)];
    const { tradeId } = reserve({ side: SELL, quantity: 5, limit: quoted });
    expect(purse()).toBe(had - quoted);
    expectBalance();
    commit(tradeId);
    expect(stock()).toBeCloseTo(before + 5, 9);
    expectBalance();
  });

  it.each([BUY, SELL])("that is off leaves all as it was, side %d", (side) => {
    const [before, had] = [stock(), purse()];
    const { tradeId } = reserve({ side, quantity: 5, limit: side === BUY ? 1e9 : 0 });
    expect(release(tradeId)).toBe(true);
    expect([stock(), purse()]).toEqual([expect.closeTo(before, 9), had]);
    expectBalance();
  });

  it("ends once: committed, released or let go, and never again", () => {
    const done = reserve().tradeId;
    commit(done);
    expect(() => commit(done)).toThrow(/WORLD_TRADE_CLOSED/);
    expect(release(done)).toBe(false);
    const off = reserve().tradeId;
    release(off);
    expect(() => commit(off)).toThrow(/WORLD_TRADE_CLOSED/);
    expect(() => commit("trade:99")).toThrow(/WORLD_TRADE_CLOSED.*trade:99/);
    expectBalance();
  });

  it("that nobody pays for is let go after an hour of the game and ten minutes, whichever is longer", () => {
    const { tradeId, untilMs } = reserve();
    const strike = (hours: number, timeMs: number) =>
      world.tell(HourChanged, hour(hours * HOUR_GS), { timeMs });
    strike(2, untilMs - MINUTE_MS);
    strike(3, untilMs - 1);
    expect(world.state.trades.has(tradeId)).toBe(true);
    strike(4, untilMs);
    expect(world.state.trades.has(tradeId)).toBe(false);
    const late = reserve({}, { stampedMs: untilMs });
    world.tell(HourChanged, hour(4 * HOUR_GS), { timeMs: late.untilMs + MINUTE_MS });
    expect(world.state.trades.has(late.tradeId)).toBe(true);
    expectBalance();
  });

  it("of somebody who is erased is let go of, and nobody else's", () => {
    const [own, named, others] = ["ada", "player:ada", "bea"].map(
      (playerId) => reserve({ playerId, quantity: 1 }).tradeId,
    );
    world.tell(SubjectErased, { subject: "player:ada" });
    expect([own, named, others].map((id) => world.state.trades.has(id!))).toEqual([false, false, true]);
    expectBalance();
  });

  it("is for the limit or not at all: what it would come to now is said", () => {
    const now = total(BUY, 20);
    expect(() => reserve({ limit: now - 1 })).toThrow(new RegExp(`WORLD_QUOTE_STALE.*${now} now`));
    expect(() => reserve({ side: SELL, limit: 1e9 })).toThrow(/WORLD_QUOTE_STALE/);
    expectBalance();
  });

  it("of one player stands open three times at most", () => {
    const open = [1, 2, 3].map(() => reserve({ quantity: 1 }).tradeId);
    expect(() => reserve({ quantity: 1 })).toThrow(/WORLD_TRADES_OPEN/);
    reserve({ quantity: 1, playerId: "bea" });
    release(open[0]!);
    reserve({ quantity: 1 });
    expectBalance();
  });

  it.each([
    [{ quantity: 1e9 }, /WORLD_NOT_ENOUGH/],
    [{ side: SELL, quantity: 1e12, limit: 0 }, /WORLD_NOT_ENOUGH/],
    [{ quantity: 0 }, /WORLD_TRADE_ORDER/],
    [{ quantity: -1 }, /WORLD_TRADE_ORDER/],
    [{ quantity: Number.NaN }, /WORLD_TRADE_ORDER/],
    [{ side: TradeSide.UNSPECIFIED }, /WORLD_TRADE_ORDER/],
    [{ goodId: "good:constructor" }, /WORLD_UNKNOWN_MARKET/],
    [{ regionId: "edge:west" }, /WORLD_UNKNOWN_MARKET/],
  ])("%j is refused, and nothing is set aside", (over, says) => {
    expect(() => reserve(over)).toThrow(says);
    expect(world.state.trades.size).toBe(0);
    expectBalance();
  });

  it("by trade all the barrels go, each dearer than the last, and the price follows", () => {
    const before = total(BUY, 1);
    for (let left = 5; left > 0; left--) commit(reserve({ quantity: stock() / 3 }).tradeId);
    passUntil(5 * HOUR_GS);
    expect(total(BUY, 0.5)).toBeGreaterThan(before / 2);
    expectBalance();
  });
});
