import { semanticVersion, versionRange } from "@orrery/engine-version";
import { type Comparison, type FieldKind, type Fields, type Filter, kindOf, type Literal } from "./filter.ts";
import { refused, type Token, tokensOf } from "./tokens.ts";

/*
 * filter = all { "or" all }            all  = one { "and" one }
 * one    = "not" one | "(" filter ")" | "has" field | "tag" text | field by value | field "in" set
 * by     = "=" | "!=" | "<" | "<=" | ">" | ">="
 * set    = "(" value { "," value } ")" | text, a range of semantic versions
 */

const DEEPEST = 8;
const MOST_TERMS = 64;
const COMPARISONS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">="]);
const RESERVED: ReadonlySet<string> = new Set(["and", "or", "not", "in", "has", "tag", "true", "false"]);

/**
 * @returns undefined for an empty text: all fit
 * @throws CAPABILITY_FILTER with the column and what was expected there
 */
export function parseFilter(text: string, fields: Fields): Filter | undefined {
  const tokens = tokensOf(text);
  let next = 0;
  let terms = 0;
  const peek = () => tokens[next] as Token;
  const take = () => tokens[next++] as Token;
  const isWord = (word: string) => peek().kind === "word" && (peek() as { text: string }).text === word;
  const isSign = (sign: string) => peek().kind === "sign" && (peek() as { text: string }).text === sign;

  function joined(kind: "and" | "or", part: (depth: number) => Filter, depth: number): Filter {
    const first = part(depth);
    const of = [first];
    while (isWord(kind)) {
      take();
      of.push(part(depth));
    }
    return of.length === 1 ? first : { kind, of, at: first.at, end: (of.at(-1) as Filter).end };
  }
  const any = (depth: number): Filter => joined("or", all, depth);
  const all = (depth: number): Filter => joined("and", one, depth);

  function one(depth: number): Filter {
    const { at } = peek();
    if (isWord("not")) {
      take();
      const of = deeper(depth, at, one);
      return { kind: "not", of, at, end: of.end };
    }
    if (isSign("(")) {
      take();
      const within = deeper(depth, at, any);
      if (!isSign(")")) throw refused(peek().at, "`and`, `or` or a closing bracket");
      const { end } = take();
      return { ...within, at, end };
    }
    if (++terms > MOST_TERMS) throw refused(at, `at most ${MOST_TERMS} conditions`);
    return term(at);
  }

  function deeper(depth: number, at: number, part: (depth: number) => Filter): Filter {
    if (depth >= DEEPEST) throw refused(at, `at most ${DEEPEST} levels`);
    return part(depth + 1);
  }

  function term(at: number): Filter {
    if (isWord("has")) {
      take();
      const { name, end } = field();
      return { kind: "has", field: name, at, end };
    }
    if (isWord("tag")) {
      take();
      const token = take();
      if (token.kind !== "text") throw refused(token.at, "the tag's name in quotes");
      return { kind: "tag", name: token.text, at, end: token.end };
    }
    const { name, kind } = field();
    const sign = take();
    if (sign.kind === "word" && sign.text === "in") return among(name, kind, at);
    if (sign.kind !== "sign" || !COMPARISONS.has(sign.text))
      throw refused(sign.at, "=, !=, <, <=, >, >= or `in`");
    const { value, end } = literal(kind);
    return { kind: "compare", field: name, by: sign.text as Comparison, value, at, end };
  }

  function field(): { name: string; kind: FieldKind; end: number } {
    const token = take();
    if (token.kind !== "word" || RESERVED.has(token.text)) throw refused(token.at, "a field");
    const kind = kindOf(fields, token.text);
    if (kind === undefined) throw refused(token.at, `one of ${Object.keys(fields).join(", ")}`);
    return { name: token.text, kind, end: token.end };
  }

  function among(name: string, kind: FieldKind, at: number): Filter {
    const token = peek();
    if (token.kind === "text") {
      if (kind !== "version" && kind !== "open") throw refused(token.at, "a set in brackets");
      const isIn = versionRange(token.text);
      if (isIn === undefined) throw refused(token.at, 'a range of versions like "^2.1"');
      take();
      return { kind: "within", field: name, isIn, at, end: token.end };
    }
    if (!isSign("(")) throw refused(token.at, "a set in brackets, or a range of versions");
    const values: Literal[] = [];
    do {
      take();
      values.push(literal(kind).value);
    } while (isSign(","));
    if (!isSign(")")) throw refused(peek().at, "a comma or a closing bracket");
    return { kind: "among", field: name, values, at, end: take().end };
  }

  function literal(kind: FieldKind): { value: Literal; end: number } {
    const token = take();
    const value = valueOf(token);
    if (value === undefined || !fits(value, kind)) throw refused(token.at, WANTED[kind]);
    return { value, end: token.end };
  }

  if (peek().kind === "end") return undefined;
  const filter = any(1);
  if (peek().kind !== "end") throw refused(peek().at, "`and`, `or` or the end");
  return filter;
}

function valueOf(token: Token): Literal | undefined {
  if (token.kind === "number") return token.value;
  if (token.kind === "text") return token.text;
  if (token.kind !== "word") return undefined;
  return token.text === "true" ? true : token.text === "false" ? false : undefined;
}

const WANTED: Readonly<Record<FieldKind, string>> = {
  text: "text in quotes",
  texts: "text in quotes",
  number: "a number",
  flag: "true or false",
  version: 'a version like "2.1.0"',
  open: "text in quotes, a number, true or false",
};

function fits(value: Literal, kind: FieldKind): boolean {
  if (kind === "open") return true;
  if (kind === "number") return typeof value === "number";
  if (kind === "flag") return typeof value === "boolean";
  if (kind === "version") return typeof value === "string" && semanticVersion(value) !== undefined;
  return typeof value === "string";
}
