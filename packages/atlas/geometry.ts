/** [x_m, y_m]. */
export type Spot = readonly [x: number, y: number];

export const distance = ([ax, ay]: Spot, [bx, by]: Spot): number => {
  const [dx, dy] = [bx - ax, by - ay];
  // Math.hypot is not exact to the bit everywhere; this is.
  return Math.sqrt(dx * dx + dy * dy);
};

export function lengthOf(line: readonly Spot[]): number {
  let metres = 0;
  for (let i = 1; i < line.length; i++) metres += distance(line[i - 1] as Spot, line[i] as Spot);
  return metres;
}

export const between = ([ax, ay]: Spot, [bx, by]: Spot, share: number): Spot => [
  ax + (bx - ax) * share,
  ay + (by - ay) * share,
];

/** A spot so many metres along a line; its last one beyond its end. */
export function along(line: readonly Spot[], metres: number): Spot {
  let left = metres;
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1] as Spot, line[i] as Spot];
    const length = distance(from, to);
    if (left < length) return between(from, to, left / length);
    left -= length;
  }
  return line.at(-1) as Spot;
}

/** Whether a spot lies inside an outline, by the even-odd rule. */
export function contains(outline: readonly Spot[], [x, y]: Spot): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[i] as Spot;
    const [bx, by] = outline[j] as Spot;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
