/** One thing Orrery promises to whoever uses it, and the tests that hold it to that. */
export interface Promised {
  /** `<area>.<what>`, kebab-case: `giving-up.throw-in-a-frame`. */
  readonly id: string;
  /** What holds, said to a user: not how it is done, and not what was once wrong. */
  readonly sentence: string;
  /** At least one; a promise without a test fails the claim. */
  readonly heldBy: readonly HeldBy[];
}

/** A test, by its file and its whole title or a part of its full name that names no other. */
export interface HeldBy {
  readonly file: string;
  readonly title: string;
  /** `vitest.<suite>.config.ts`; none: the suite that needs nothing installed. */
  readonly suite?: "nats" | "aws" | "postgres" | "scaffold" | "browser";
}

/** `held("packages/bus/retry.test.ts", "title", "another title")`: tests of the suite that needs nothing installed. */
export function held(file: string, ...titles: readonly string[]): readonly HeldBy[] {
  return titles.map((title) => ({ file, title }));
}

/** The same of a suite that needs a server or a browser. */
export function heldIn(
  suite: NonNullable<HeldBy["suite"]>,
  file: string,
  ...titles: readonly string[]
): readonly HeldBy[] {
  return titles.map((title) => ({ file, title, suite }));
}
