import { encodeBytes } from "@orrery/wire";
import type { Ledger } from "./ledger.ts";
import { type Page, ROOT } from "./page.ts";
import { type AnyState, type StateTypes, tablesOf } from "./state.ts";

/**
 * What changed of a state since its last cut, as it is at this moment, written bit by bit while the state goes on. A page
 * that still waits is encoded before it changes, so that all belong to one moment.
 */
export interface Cut {
  /** The next pages, of at least so many bytes together, or the last; none: all are out. */
  next(bytes: number): readonly Page[];
  /** Pages that wait. */
  readonly left: number;
  /** Nothing more is wanted of it. */
  end(): void;
}

/** @param ledger where the pages were kept until now: what is no more is dropped from it, and what is starved is written anew */
export function beginCut(types: StateTypes, state: AnyState, ledger: Ledger): Cut {
  const root = { table: ROOT, id: ROOT, bytes: encodeBytes(types.root, state.root as never) };
  /** Encoded before they changed, and how many of them are out. */
  const early: Page[] = [];
  let out = 0;
  const waiting = new Map<string, Set<string>>();
  const tables = tablesOf(types, state);
  for (const [name, table] of tables) {
    const ids = new Set<string>();
    for (const id of table.takeTouched())
      if (table.has(id)) ids.add(id);
      else ledger.drop({ table: name, id });
    waiting.set(name, ids);
    table.beforeChange = (id) => {
      if (ids.delete(id)) early.push(pageOf(name, id));
    };
  }
  // Once it is known what is no more: that is not carried onward.
  const starved = ledger.starved();
  for (const { table, id } of starved) waiting.get(table)?.add(id);
  if (!ledger.holds(root) || starved.some(({ table }) => table === ROOT)) early.push(root);
  const byName = new Map(tables);
  const walking = walk()[Symbol.iterator]();

  function pageOf(name: string, id: string): Page {
    const table = byName.get(name);
    if (table === undefined) throw new RangeError(`no table ${name}`);
    return { table: name, id, bytes: encodeBytes(table.codec, table.get(id) as never) };
  }

  /** By table and id, so that what is asked for together lies together. */
  function* walk(): Iterable<Page> {
    for (const [name, table] of tables) {
      const ids = waiting.get(name) as Set<string>;
      const sorted = ids.size * FEW < table.size ? [...ids].sort() : table.ids();
      for (const id of sorted) if (ids.delete(id)) yield pageOf(name, id);
    }
  }

  return {
    next(bytes) {
      const pages: Page[] = [];
      for (let sum = 0; sum < bytes; ) {
        const page = out < early.length ? early[out++] : nextOf(walking);
        if (page === undefined) break;
        pages.push(page);
        sum += page.bytes.length;
      }
      return pages;
    },
    get left() {
      let left = early.length - out;
      for (const ids of waiting.values()) left += ids.size;
      return left;
    },
    end() {
      for (const [, table] of tables) table.beforeChange = undefined;
    },
  };
}

function nextOf<T>(iterator: Iterator<T>): T | undefined {
  const { value, done } = iterator.next();
  return done === true ? undefined : value;
}

/** Fewer than one in so many: sorting them is less than going through all. */
const FEW = 8;
