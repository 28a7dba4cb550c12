import { TradeSide } from "@orrery/schema/world/v1";

/** What a market takes for itself, either way. */
const SPREAD = 0.04;

/**
 * What buying or selling so much comes to, minor units: the price goes with the root of what is left (half the logarithm of
 * how many times too little is there), so that the whole is its integral over the quantity, and the spread.
 * @returns undefined where so much is not there
 */
export function quote(side: TradeSide, price: number, stock: number, quantity: number): number | undefined {
  if (side === TradeSide.BUY) {
    if (quantity > stock) return undefined;
    return Math.ceil((1 + SPREAD) * 2 * price * stock * (1 - Math.sqrt(1 - quantity / stock)));
  }
  // Where nothing is left the first piece is worth what the price says.
  if (stock === 0) return Math.floor((1 - SPREAD) * price * quantity);
  return Math.floor((1 - SPREAD) * 2 * price * stock * (Math.sqrt(1 + quantity / stock) - 1));
}
