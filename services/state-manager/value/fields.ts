import { isMap, type Value, type ValueMap } from "./model.ts";
import { at, readPointer } from "./pointer.ts";
import { refuse } from "./refuse.ts";

/** The parts of a value at the paths asked for, in the maps they lie in. No paths: all of it. @throws STATE_SCHEMA */
export function pick(value: Value, paths: readonly string[]): Value {
  if (paths.length === 0) return value;
  const picked: Record<string, Value> = {};
  for (const path of paths) {
    const tokens = readPointer(path) ?? refuse(path, "no JSON pointer");
    const found = at(value, tokens);
    if (tokens.length === 0) return value;
    if (found !== undefined) place(picked, tokens, found);
  }
  return picked;
}

function place(into: Record<string, Value>, [first = "", ...rest]: readonly string[], value: Value): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const inner = { ...(isMap(into[first]) ? (into[first] as ValueMap) : {}) };
  place(inner, rest, value);
  into[first] = inner;
}
