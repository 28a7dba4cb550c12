/** What the first row of an answer must hold for a transaction to go through. */
export interface Condition {
  /** Of which query, counted from 0. */
  readonly of: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/** @param at which query these rows answer */
export function allHold(
  conditions: readonly Condition[],
  at: number,
  [row]: readonly Readonly<Record<string, unknown>>[],
): boolean {
  return conditions.every(
    ({ of, row: wanted }) =>
      of !== at || (row !== undefined && Object.entries(wanted).every(([key, value]) => row[key] === value)),
  );
}
