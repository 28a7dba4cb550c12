import { TradeSide } from "@orrery/schema/world/v1";
import fc from "fast-check";
import { expect, it } from "vitest";
import { quote } from "./quote.ts";

const { BUY, SELL } = TradeSide;

it("a little costs the price and the spread, much costs more a piece, and more than there is nothing", () => {
  expect(quote(BUY, 100, 1_000_000, 10)).toBe(1_041);
  expect(quote(BUY, 100, 10, 10)).toBe(2_080);
  expect(quote(BUY, 100, 10, 10.01)).toBeUndefined();
  expect(quote(SELL, 100, 1_000_000, 10)).toBe(959);
  expect(quote(SELL, 100, 0, 10)).toBe(960);
});

it("nobody grows rich by buying and selling back, in whatever pieces", () => {
  const amount = fc.double({ min: 0.01, max: 50, noNaN: true });
  fc.assert(
    fc.property(amount, fc.double({ min: 60, max: 5_000, noNaN: true }), amount, (price, stock, quantity) => {
      const paid = quote(BUY, price * 20, stock, quantity) ?? 0;
      const after = price * 20 * Math.sqrt(stock / (stock - quantity));
      const back = quote(SELL, after, stock - quantity, quantity) ?? 0;
      expect(back).toBeLessThanOrEqual(paid);
      const half = quote(BUY, price * 20, stock, quantity / 2) ?? 0;
      expect(2 * half).toBeLessThanOrEqual(paid + 2);
    }),
  );
});
