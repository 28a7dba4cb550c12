/** [x_km, y_km]. */
export type Spot = readonly [number, number];

/** Shoelace area, km²; positive when walked clockwise on a map whose y runs south. */
export function areaOf(outline: readonly Spot[]): number {
  let twice = 0;
  for (let i = 0; i < outline.length; i++) {
    const [ax, ay] = outline[i] as Spot;
    const [bx, by] = outline[(i + 1) % outline.length] as Spot;
    twice += ax * by - bx * ay;
  }
  return twice / 2;
}

/** Whether a point lies inside, by the even-odd rule. */
export function contains(outline: readonly Spot[], [x, y]: Spot): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[i] as Spot;
    const [bx, by] = outline[j] as Spot;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

const turn = ([ax, ay]: Spot, [bx, by]: Spot, [cx, cy]: Spot) =>
  Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));

/** Whether two segments cross in their inner parts. */
function cross(a: Spot, b: Spot, c: Spot, d: Spot): boolean {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/** Index of the first side that crosses a later one, or -1. */
export function crossingSide(outline: readonly Spot[]): number {
  const n = outline.length;
  const at = (i: number) => outline[i % n] as Spot;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) if (cross(at(i), at(i + 1), at(j), at(j + 1))) return i;
  }
  return -1;
}

/** Distance from a point to a segment, and how far along it the foot lies, 0..1. */
export function toSegment([x, y]: Spot, [ax, ay]: Spot, [bx, by]: Spot): { km: number; along: number } {
  const dx = bx - ax;
  const dy = by - ay;
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square));
  return { km: Math.hypot(x - ax - along * dx, y - ay - along * dy), along };
}

export function lengthOf(line: readonly Spot[]): number {
  let km = 0;
  for (let i = 1; i < line.length; i++) {
    const [ax, ay] = line[i - 1] as Spot;
    const [bx, by] = line[i] as Spot;
    km += Math.hypot(bx - ax, by - ay);
  }
  return km;
}

/** A spot on the map's rim, where even-odd is undecided, moved a hair inside. */
export function inwards([x, y]: Spot, width: number, height: number): Spot {
  const within = (value: number, most: number) => Math.min(most - 1e-6, Math.max(1e-6, value));
  return [within(x, width), within(y, height)];
}

const PIECES = 20;

/** Spots along a line, its corners and some between them. */
export function alongLine(line: readonly Spot[]): Spot[] {
  return line.flatMap((from, i) => {
    const to = line[i + 1];
    if (to === undefined) return [from];
    return Array.from({ length: PIECES }, (_, piece): Spot => {
      const t = piece / PIECES;
      return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t];
    });
  });
}

export function middleOf(spots: readonly Spot[]): Spot {
  const sum = (axis: 0 | 1) => spots.reduce((total, spot) => total + spot[axis], 0) / spots.length;
  return [sum(0), sum(1)];
}
