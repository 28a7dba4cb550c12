import { entry, isList, isMap, type Value } from "./model.ts";

/** RFC 6901 as its reference tokens; undefined where the text is no pointer. */
export function readPointer(text: string): readonly string[] | undefined {
  if (text === "") return [];
  if (!text.startsWith("/") || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function writePointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

const INDEX = /^(0|[1-9]\d*)$/;

/** Place in a list, `-` is behind its end; undefined where the token is neither. */
export function placeOf(token: string, length: number): number | undefined {
  if (token === "-") return length;
  return INDEX.test(token) ? Number(token) : undefined;
}

export function at(value: Value | undefined, tokens: readonly string[]): Value | undefined {
  let found = value;
  for (const token of tokens) {
    if (isMap(found)) found = entry(found, token);
    else if (isList(found)) found = INDEX.test(token) ? found[Number(token)] : undefined;
    else return undefined;
  }
  return found;
}

/**
 * A copy with something else at a place; undefined takes it out (of a list: what follows moves up).
 * @returns undefined where there is nothing to hold the place
 */
export function replaced(
  value: Value,
  tokens: readonly string[],
  by: Value | undefined,
  into: "set" | "insert" = "set",
): Value | undefined {
  const [first, ...rest] = tokens;
  if (first === undefined) return by;
  if (isMap(value)) {
    const inner = rest.length === 0 ? by : replacedBelow(entry(value, first), rest, by, into);
    if (rest.length > 0 && inner === undefined) return undefined;
    if (inner === undefined) {
      const { [first]: _gone, ...others } = value;
      return others;
    }
    return { ...value, [first]: inner };
  }
  if (!isList(value)) return undefined;
  const place = placeOf(first, value.length);
  if (place === undefined || place > value.length) return undefined;
  if (rest.length > 0) {
    const inner = replacedBelow(value[place], rest, by, into);
    return inner === undefined ? undefined : value.with(place, inner);
  }
  if (by === undefined) return place < value.length ? value.toSpliced(place, 1) : undefined;
  return value.toSpliced(place, into === "insert" ? 0 : 1, by);
}

function replacedBelow(
  inner: Value | undefined,
  rest: readonly string[],
  by: Value | undefined,
  into: "set" | "insert",
): Value | undefined {
  return inner === undefined ? undefined : replaced(inner, rest, by, into);
}
