import { entry, isList, isMap, same, type Value } from "./model.ts";
import { at, replaced, writePointer } from "./pointer.ts";

/** One place that became another; undefined: nothing there. */
export interface Difference {
  readonly path: readonly string[];
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** More differences than this are told as a whole value. */
const MOST = 64;

/**
 * How one value became another, as places in the order that `forward` applies them; undefined where there are more
 * than 64. Lists of the same length are compared item by item, a list that only grew at its end is told by what was
 * added, any other as a whole.
 */
export function difference(
  before: Value | undefined,
  after: Value | undefined,
): readonly Difference[] | undefined {
  const found: Difference[] = [];
  return collect(before, after, [], found) ? found : undefined;
}

function collect(
  before: Value | undefined,
  after: Value | undefined,
  path: readonly string[],
  found: Difference[],
): boolean {
  if (same(before, after)) return true;
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.every((key) => collect(entry(before, key), entry(after, key), [...path, key], found));
  }
  if (isList(before) && isList(after) && before.length <= after.length) {
    const grew = before.length < after.length;
    if (!grew || before.every((item, i) => same(item, after[i])))
      return after.every((item, i) => collect(before[i], item, [...path, String(i)], found));
  }
  found.push({ path, before, after });
  return found.length <= MOST;
}

/** The later value from the earlier one. */
export function forward(value: Value | undefined, differences: readonly Difference[]): Value | undefined {
  let result = value;
  for (const { path, after } of differences) {
    if (path.length === 0) result = after;
    else if (result !== undefined) {
      const inList = isList(at(result, path.slice(0, -1)));
      result = replaced(result, path, after, "set");
      if (inList && result === undefined) throw new RangeError(`no place ${writePointer(path)}`);
    }
  }
  return result;
}
