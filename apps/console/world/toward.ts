interface Spot {
  readonly id: string;
  readonly xKm: number;
  readonly yKm: number;
}

export const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What lies aside counts so many times what lies ahead. */
const ASIDE = 2;

/** The next one as an arrow points over the map; where none is, the same again. */
export function toward<S extends Spot>(spots: readonly S[], from: S, [dx, dy]: readonly [number, number]): S {
  let [best, least] = [from, Number.POSITIVE_INFINITY];
  for (const spot of spots) {
    const [x, y] = [spot.xKm - from.xKm, spot.yKm - from.yKm];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    const far = ahead + aside * ASIDE;
    if (ahead > 0 && aside < ahead * ASIDE && far < least) [best, least] = [spot, far];
  }
  return best;
}
