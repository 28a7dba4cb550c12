import type { Value } from "./model.ts";
import { checkDepth, checkDouble, checkKey, checkText, refuse } from "./refuse.ts";

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS: readonly (readonly [string, Value])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
];
const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

function raise(error: unknown): never {
  throw error;
}

/**
 * JSON (RFC 8259) that keeps what `JSON.parse` loses: a number without fraction and exponent is an int, also beyond
 * 2^53, and a key that stands twice is refused in place of one winning.
 * @throws STATE_SCHEMA with the place, STATE_TOO_DEEP
 */
export function readJson(text: string): Value {
  let at = 0;
  const skip = () => {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    at = SPACE.lastIndex;
  };
  const wrong = (path: string): never => refuse(path, `no JSON at character ${at + 1}`);
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const readString = (path: string): string => {
    const found = take(STRING);
    if (found === null) return wrong(path);
    try {
      return checkText(JSON.parse(found[0]) as string, path);
    } catch (error) {
      // A bare control character is all that the pattern lets through and JSON does not.
      return error instanceof SyntaxError ? wrong(path) : raise(error);
    }
  };

  function readNumber(path: string): Value {
    const found = take(NUMBER);
    if (found === null) return wrong(path);
    const [digits, fraction, exponent] = found;
    if (fraction !== undefined || exponent !== undefined || digits === "-0")
      return checkDouble(Number(digits), path);
    const int = BigInt(digits);
    return int >= INT64.least && int <= INT64.most ? int : refuse(path, "an integer beyond 64 bits");
  }

  function readList(path: string, depth: number): Value {
    const items: Value[] = [];
    at += 1;
    skip();
    if (text[at] === "]") at += 1;
    else
      for (;;) {
        items.push(readValue(`${path}/${items.length}`, depth + 1));
        if (text[at] === "]") {
          at += 1;
          break;
        }
        if (text[at] !== ",") wrong(path);
        at += 1;
      }
    return items;
  }

  function readMap(path: string, depth: number): Value {
    const map: Record<string, Value> = {};
    at += 1;
    skip();
    if (text[at] === "}") at += 1;
    else
      for (;;) {
        skip();
        const key = readString(path);
        checkKey(key, map, path);
        skip();
        if (text[at] !== ":") wrong(path);
        at += 1;
        map[key] = readValue(`${path}/${key}`, depth + 1);
        if (text[at] === "}") {
          at += 1;
          break;
        }
        if (text[at] !== ",") wrong(path);
        at += 1;
      }
    return map;
  }

  function readValue(path: string, depth: number): Value {
    checkDepth(depth);
    skip();
    const first = text[at];
    const word = WORDS.find(([name]) => text.startsWith(name, at));
    let value: Value;
    if (word !== undefined) {
      at += word[0].length;
      value = word[1];
    } else if (first === "{") value = readMap(path, depth);
    else if (first === "[") value = readList(path, depth);
    else if (first === '"') value = readString(path);
    else value = readNumber(path);
    skip();
    return value;
  }

  const value = readValue("", 1);
  return at === text.length ? value : wrong("");
}
