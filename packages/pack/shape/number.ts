import { z } from "zod";

/** A finite number within bounds, both included. */
export const within = (min: number, max: number) => z.number().min(min).max(max);
export const whole = (min: number, max: number) => z.int().min(min).max(max);
export const share = within(0, 1);
/** Somewhere on a map or not far from it. */
export const km = within(-100_000, 100_000);
/** [x_km, y_km] from the north-west corner, x east, y south. */
export const point = z.tuple([km, km]);
export const name = z.string().trim().min(1).max(80);
/** `<prefix>:<kebab-case>`. */
export const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}:[a-z0-9]+(-[a-z0-9]+)*$`), {
    error: `must look like "${prefix}:some-name"`,
  });
/** A word for a kind of thing: `bed`. */
export const fixture = z.string().regex(/^[a-z]+(-[a-z]+)*$/, { error: 'must be a word like "bed"' });
export const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'must look like "some-name"' });
