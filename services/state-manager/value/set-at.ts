import { entry, isList, isMap, type Value } from "./model.ts";
import { placeOf, readPointer } from "./pointer.ts";
import { refuse } from "./refuse.ts";

/**
 * A copy with the value at a path replaced by what `change` makes of it; maps on the way are made where there are
 * none. @throws STATE_SCHEMA
 */
export function setAt(
  value: Value | undefined,
  path: string,
  change: (found: Value | undefined) => Value,
): Value {
  const tokens = readPointer(path) ?? refuse(path, "no JSON pointer");
  return below(value, tokens, change, path);
}

function below(
  value: Value | undefined,
  [first, ...rest]: readonly string[],
  change: (found: Value | undefined) => Value,
  path: string,
): Value {
  if (first === undefined) return change(value);
  if (first === "__proto__") return refuse(path, "the key __proto__");
  if (isList(value)) {
    const place = placeOf(first, value.length);
    if (place === undefined || place >= value.length) return refuse(path, "no such item");
    return value.with(place, below(value[place], rest, change, path));
  }
  if (value !== undefined && !isMap(value)) return refuse(path, "lies within a value that is no map");
  const inner = value === undefined ? undefined : entry(value, first);
  return { ...value, [first]: below(inner, rest, change, path) };
}
