/**
 * Quantile of sorted values, the i-th of n standing at i/(n+1), linear between them and flat beyond the outermost.
 * @param share 0..1
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = Math.min(sorted.length, Math.max(1, share * (sorted.length + 1)));
  const below = Math.floor(place);
  const low = sorted[below - 1]!;
  const high = sorted[Math.min(sorted.length, below + 1) - 1]!;
  return low + (high - low) * (place - below);
}
