import { isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import type { ErrorKind } from "@orrery/wire";
import { packErrors } from "./errors.ts";
import type { Path, Problem } from "./problem.ts";

/** A file of a pack, read, with the places of its values. */
export interface PackFile {
  readonly name: string;
  readonly value: unknown;
  /** Line and column, from 1, of the value at a path, or of the nearest thing around it that exists. */
  locate(path: Path): Place;
  /** Line and column of the key that the path ends in. */
  locateKey(path: Path): Place;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

const nowhere = { line: 0, column: 0 };
const LARGEST_BYTES = 4 * 1024 * 1024;

/** A file that is not there: everything in it is at line 0. */
export function absentFile(name: string): PackFile {
  return { name, value: undefined, locate: () => nowhere, locateKey: () => nowhere };
}

/** What stands at a path, through the aliases on the way. */
function nodeAt(document: Document, path: Path): Node | undefined {
  let node: unknown = document.contents;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    const below =
      isNode(node) && "get" in node
        ? (node.get as (key: unknown, keep: true) => unknown)(step, true)
        : undefined;
    if (below === undefined) return undefined;
    node = below;
  }
  return isNode(node) ? node : undefined;
}

function keyOffset(document: Document, path: Path): number | undefined {
  const parent = nodeAt(document, path.slice(0, -1));
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1));
  return isNode(pair?.key) && pair.key.range ? pair.key.range[0] : undefined;
}

/** @returns the file, or the mistakes that keep it from being read */
export function parsePackFile(name: string, text: string): PackFile | Problem[] {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problem = (kind: ErrorKind, at: Place, message: string): Problem => ({
    code: kind.code,
    file: name,
    ...at,
    message: message.replaceAll("\n", " "),
    hint: kind.todo,
  });
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  } catch (error) {
    // Nested so deep that the reader gave up.
    return [problem(packErrors.PACK_SYNTAX, { line: 1, column: 1 }, String(error))];
  }
  const mistakes = [...document.errors, ...document.warnings].map(({ pos, message }) =>
    problem(packErrors.PACK_SYNTAX, place(pos[0]), message),
  );
  if (mistakes.length === 0)
    for (const { node, message } of strangeNodes(document))
      mistakes.push(problem(packErrors.PACK_SYNTAX, place(node.range?.[0] ?? 0), message));
  if (mistakes.length > 0) return mistakes;
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    const [first] = aliasesOf(document);
    return [problem(packErrors.PACK_SYNTAX, place(first?.range?.[0] ?? 0), messageOf(error))];
  }
  const locate = (path: Path) => {
    for (let length = path.length; length > 0; length--) {
      const offset = nodeAt(document, path.slice(0, length))?.range?.[0];
      if (offset !== undefined) return place(offset);
    }
    return { line: 1, column: 1 };
  };
  const locateKey = (path: Path) => {
    const offset = keyOffset(document, path);
    return offset === undefined ? locate(path) : place(offset);
  };
  return { name, value, locate, locateKey };
}

const MOST_ALIASES = 100;

function aliasesOf(document: Document): Alias[] {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  return aliases;
}

/** What is YAML, and yet says nothing that a pack could hold. */
function strangeNodes(document: Document): { node: Node; message: string }[] {
  const found: { node: Node; message: string }[] = [];
  visit(document, {
    Alias(_, alias, path) {
      const target = alias.resolve(document);
      if (target === undefined) found.push({ node: alias, message: `there is no anchor &${alias.source}` });
      else if (path.includes(target))
        found.push({ node: alias, message: `*${alias.source} stands inside of what it stands for` });
    },
    Pair(_, { key }) {
      if (!isScalar(key)) {
        if (isNode(key)) found.push({ node: key, message: "a key must be a plain word" });
      } else if (key.value === "<<")
        found.push({ node: key, message: "merge keys (<<) are no part of YAML 1.2: write the values out" });
      else if (key.value === "__proto__") found.push({ node: key, message: '"__proto__" cannot be a key' });
    },
  });
  return found;
}

/** @returns undefined when there is no such file */
export async function readPackFile(dir: string, name: string): Promise<PackFile | Problem[] | undefined> {
  const unreadable = (message: string): Problem[] => {
    const { code, todo } = packErrors.PACK_FILE_UNREADABLE;
    return [{ code, file: name, ...nowhere, message, hint: todo }];
  };
  try {
    const file = join(dir, name);
    const about = await stat(file);
    if (!about.isFile())
      return unreadable(`${name} is ${about.isDirectory() ? "a folder" : "no plain file"}`);
    if (about.size > LARGEST_BYTES)
      return unreadable(`${name} has ${about.size} bytes, at most ${LARGEST_BYTES}`);
    const bytes = await readFile(file);
    return isUtf8(bytes) ? parsePackFile(name, bytes.toString("utf8")) : [wronglyEncoded(name, bytes)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return unreadable(messageOf(error));
  }
}

/** The first byte that is no part of a UTF-8 text. */
function wronglyEncoded(name: string, bytes: Buffer): Problem {
  const { code, todo } = packErrors.PACK_ENCODING;
  const lines = bytes.toString("latin1").split("\n");
  const line = lines.findIndex((one) => !isUtf8(Buffer.from(one, "latin1")));
  const text = Buffer.from(lines[line] ?? "", "latin1").toString("utf8");
  const column = text.indexOf("\uFFFD") + 1;
  return {
    code,
    file: name,
    line: line + 1,
    column,
    message: `${name} is not UTF-8 from here on`,
    hint: todo,
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
