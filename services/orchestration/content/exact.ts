/** ln 2, as a double. */
const LN2 = 0.6931471805599453;
const TERMS = 20;

/**
 * The natural logarithm by the four operations alone, which every machine rounds alike; `Math.log` may differ in the last
 * digit from one engine to the next, and what is made of a seed would with it.
 * @param x over 0
 */
export function ln(x: number): number {
  let [value, twos] = [x, 0];
  for (; value > 1.5; value /= 2) twos += 1;
  for (; value < 0.75; value *= 2) twos -= 1;
  const ratio = (value - 1) / (value + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let term = TERMS; term >= 0; term--) sum = sum * square + 1 / (2 * term + 1);
  return 2 * ratio * sum + twos * LN2;
}

/** To three digits behind the point: what people and games see. */
export const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
