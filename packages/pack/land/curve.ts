import { type Spot } from "./geometry.ts";
import { noise, seedOf } from "./noise.ts";

/** A course's point: x_km, y_km and whatever else runs along it (a height). */
export type CoursePoint = readonly number[];

const PIECES = 4;
const rounded = (value: number) => Math.round(value * 100) / 100;

/** One coordinate of Catmull and Rom's spline between b and c. */
function spline(a: number, b: number, c: number, d: number, t: number): number {
  return (
    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t)
  );
}

/**
 * A smooth course through all given points. Between them it meanders by up to `meander_km` to either side; the
 * points themselves stay where they are, so that what meets there still meets.
 * @param id seeds the meanders
 */
export function smoothCourse(points: readonly CoursePoint[], id: string, meanderKm: number): number[][] {
  const seed = seedOf(id);
  const at = (i: number) => points[Math.min(points.length - 1, Math.max(0, i))] as CoursePoint;
  const course: number[][] = [];
  for (let i = 0; i < points.length - 1; i++) {
    for (let piece = 0; piece < PIECES; piece++) {
      const t = piece / PIECES;
      const point = at(i).map((_, axis) =>
        axis < 2
          ? spline(at(i - 1)[axis]!, at(i)[axis]!, at(i + 1)[axis]!, at(i + 2)[axis]!, t)
          : at(i)[axis]! + (at(i + 1)[axis]! - at(i)[axis]!) * t,
      );
      const bow = Math.sin(Math.PI * t) * meanderKm;
      point[0]! += bow * noise(i + t * 2, 3.5, seed);
      point[1]! += bow * noise(i + t * 2, 9.5, seed);
      course.push(point.map(rounded));
    }
  }
  course.push([...at(points.length - 1)].map(rounded));
  return course;
}

/** A smooth closed line through all given points. */
export function smoothShore(points: readonly Spot[]): Spot[] {
  const at = (i: number) => points[(i + points.length) % points.length] as Spot;
  return points.flatMap((_, i) =>
    [0, 0.34, 0.67].map((t): Spot => {
      const [x, y] = [0, 1].map((axis) =>
        spline(at(i - 1)[axis]!, at(i)[axis]!, at(i + 1)[axis]!, at(i + 2)[axis]!, t),
      );
      return [rounded(x!), rounded(y!)];
    }),
  );
}

export const spotsOf = (course: readonly CoursePoint[]): Spot[] =>
  course.map((point) => [point[0]!, point[1]!]);
