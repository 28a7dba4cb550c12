import { OrreryError } from "@orrery/wire";
import { capabilityErrors } from "../errors.ts";

export type Token =
  | {
      readonly kind: "word" | "text" | "sign";
      readonly text: string;
      readonly at: number;
      readonly end: number;
    }
  | { readonly kind: "number"; readonly value: number; readonly at: number; readonly end: number }
  | { readonly kind: "end"; readonly at: number; readonly end: number };

const LONGEST = 4_096;
const PATTERN =
  /\s+|(?<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)?)|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))|(?<text>"(?:[^"\\]|\\["\\])*")|(?<sign>!=|<=|>=|[=<>(),])/y;

/** @throws CAPABILITY_FILTER with the column, from 1 */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > LONGEST) throw refused(LONGEST, `at most ${LONGEST} characters`);
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  for (let at = 0; at < text.length; at = PATTERN.lastIndex) {
    const found = PATTERN.exec(text);
    if (found === null)
      throw refused(at, text[at] === '"' ? "the text to end with a quote" : "a field, a value or a sign");
    const { word, number, text: quoted, sign } = found.groups ?? {};
    const end = PATTERN.lastIndex;
    if (word !== undefined) tokens.push({ kind: "word", text: word, at, end });
    if (sign !== undefined) tokens.push({ kind: "sign", text: sign, at, end });
    if (quoted !== undefined)
      tokens.push({ kind: "text", text: quoted.slice(1, -1).replace(/\\(["\\])/g, "$1"), at, end });
    if (number !== undefined) {
      const value = Number(number);
      if (!Number.isFinite(value)) throw refused(at, "a number that can be counted with");
      tokens.push({ kind: "number", value, at, end });
    }
  }
  tokens.push({ kind: "end", at: text.length, end: text.length });
  return tokens;
}

/** @param at offset, from 0 */
export function refused(at: number, expected: string): OrreryError {
  return new OrreryError(capabilityErrors.CAPABILITY_FILTER, {
    given: `column ${at + 1}: expected ${expected}`,
  });
}
