import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { packErrors } from "./errors.ts";
import type { Path, Problem } from "./problem.ts";

/** A file of a pack, read, with the places of its values. */
export interface PackFile {
  readonly name: string;
  readonly value: unknown;
  /** Line and column, from 1, of the value at a path, or of the nearest thing around it that exists. */
  locate(path: Path): { readonly line: number; readonly column: number };
  /** Line and column of the key that the path ends in. */
  locateKey(path: Path): { readonly line: number; readonly column: number };
}

const nowhere = { line: 0, column: 0 };

/** A file that is not there: everything in it is at line 0. */
export function absentFile(name: string): PackFile {
  return { name, value: undefined, locate: () => nowhere, locateKey: () => nowhere };
}

function valueOffset(document: Document, path: Path): number | undefined {
  const node = document.getIn(path, true);
  return isNode(node) && node.range ? node.range[0] : undefined;
}

function keyOffset(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1));
  return isNode(pair?.key) && pair.key.range ? pair.key.range[0] : undefined;
}

/** @returns the file, or the syntax mistakes that keep it from being read */
export function parsePackFile(name: string, text: string): PackFile | Problem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    return document.errors.map((error) => ({
      code: packErrors.PACK_SYNTAX.code,
      file: name,
      ...place(error.pos[0]),
      message: error.message.replaceAll("\n", " "),
      hint: packErrors.PACK_SYNTAX.todo,
    }));
  }
  const locate = (path: Path) => {
    for (let length = path.length; length > 0; length--) {
      const offset = valueOffset(document, path.slice(0, length));
      if (offset !== undefined) return place(offset);
    }
    return { line: 1, column: 1 };
  };
  const locateKey = (path: Path) => {
    const offset = keyOffset(document, path);
    return offset === undefined ? locate(path) : place(offset);
  };
  return { name, value: document.toJS(), locate, locateKey };
}

/** @returns undefined when there is no such file */
export async function readPackFile(dir: string, name: string): Promise<PackFile | Problem[] | undefined> {
  try {
    return parsePackFile(name, await readFile(join(dir, name), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
