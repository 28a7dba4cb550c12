import type { ErrorKind } from "@orrery/wire";
import { didYouMean } from "../nearest.ts";
import type { PartFiles, PartName } from "../parts.ts";
import type { Path, Report } from "../problem.ts";

/** What there is of a kind, and what is said where something else is named. */
export interface Known {
  readonly ids: ReadonlySet<string>;
  readonly kind: ErrorKind;
}

export const idsOf = (things: readonly { readonly id: string }[]): ReadonlySet<string> =>
  new Set(things.map(({ id }) => id));

/** Notes names of what there is not. @param isKey it is a key of a mapping, and no value */
export function expecting<K extends string>(
  known: Readonly<Record<K, Known>>,
  files: PartFiles,
  report: Report,
) {
  return (what: K, part: PartName, path: Path, given: string, isKey = false): void => {
    const { ids, kind } = known[what];
    if (ids.has(given)) return;
    const hint = didYouMean(given, ids, kind.todo);
    const message = `there is no ${what} "${given}"`;
    if (isKey) report.addKey(kind, files[part], path, message, hint);
    else report.add(kind, files[part], path, message, hint);
  };
}
