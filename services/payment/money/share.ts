/** floor(amount × part / whole), exact: the product of two balances is larger than a double holds. */
export function share(amount: number, part: number, whole: number): number {
  if (whole <= 0) return 0;
  return Number((BigInt(amount) * BigInt(Math.min(part, whole))) / BigInt(whole));
}

/** amount × percent / 100, half up: as a customer would count it. */
export const percentOf = (amount: number, percent: number): number =>
  Number((BigInt(amount) * BigInt(percent) * 2n + 100n) / 200n);

/** Parts of `total` by weight that come to `total`: the largest remainders get what is left over, the first of equals. */
export function split(total: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (whole === 0n) return weights.map(() => 0);
  const parts = weights.map((weight, at) => {
    const product = BigInt(total) * BigInt(weight);
    return { at, part: Number(product / whole), rest: product % whole };
  });
  let left = total - parts.reduce((sum, { part }) => sum + part, 0);
  const byRest = [...parts].sort((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest < b.rest ? 1 : -1));
  for (const own of byRest) {
    if (left <= 0) break;
    own.part += 1;
    left -= 1;
  }
  return parts.map(({ part }) => part);
}
