import { type Codec, OrreryError } from "@orrery/wire";
import { simulationErrors } from "../errors.ts";

/** To read, all the way down. An enum's number of a later contract is a number with a mark, and stays one. */
export type DeepReadonly<T> = T extends number | string | boolean | bigint
  ? T
  : T extends Uint8Array
    ? Readonly<T>
    : T extends object
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
      : T;

/**
 * Messages of one type by id, as live objects. What is read is not to be changed: `edit` first, which marks the message, so
 * that what is kept costs what changed. Walks go by id, ascending in UTF-16 code units, and over what was there when they
 * began.
 */
export interface Table<M> extends Iterable<readonly [id: string, message: DeepReadonly<M>]> {
  readonly size: number;
  has(id: string): boolean;
  get(id: string): DeepReadonly<M> | undefined;
  /** The same object, to change within this input. @throws WORLD_PAGE_UNKNOWN */
  edit(id: string): M;
  /** @returns what was added, to go on changing it within this input. @throws WORLD_PAGE_TWICE */
  add(id: string, message: M): M;
  /** @returns whether it was there */
  remove(id: string): boolean;
  ids(): readonly string[];
}

/** A table as what keeps it sees it. */
export interface KeptTable<M = any> extends Table<M> {
  readonly codec: Codec;
  /** Ids that were added, edited or removed since the last call. */
  takeTouched(): ReadonlySet<string>;
  /** Told of a message ahead of its change or removal, as long as one is there who has to write it as it was. */
  beforeChange: ((id: string) => void) | undefined;
  /** Puts in what was read back; of an id that is there, in its place. */
  load(id: string, message: M): void;
  /** It never was: what brought it did not happen. */
  discard(id: string): void;
  /** It is to be written anew, though nothing changed it. */
  touch(id: string): void;
}

export function createTable<M>(name: string, codec: Codec): KeptTable<M> {
  const pages = new Map<string, M>();
  let sorted: string[] = [];
  let touched = new Set<string>();

  const unknown = (id: string) =>
    new OrreryError(simulationErrors.WORLD_PAGE_UNKNOWN, { given: `${JSON.stringify(id)} in ${name}` });

  function put(id: string, message: M): void {
    const isKnown = pages.has(id);
    pages.set(id, message);
    if (isKnown) return;
    const at = placeOf(sorted, id);
    if (at === sorted.length) sorted.push(id);
    else sorted.splice(at, 0, id);
  }

  function discard(id: string): void {
    if (pages.delete(id)) sorted.splice(placeOf(sorted, id), 1);
  }

  const table: KeptTable<M> = {
    codec,
    beforeChange: undefined,
    get size() {
      return pages.size;
    },
    has: (id) => pages.has(id),
    get: (id) => pages.get(id) as DeepReadonly<M> | undefined,
    edit(id) {
      const message = pages.get(id);
      if (message === undefined) throw unknown(id);
      table.beforeChange?.(id);
      touched.add(id);
      return message;
    },
    add(id, message) {
      if (pages.has(id))
        throw new OrreryError(simulationErrors.WORLD_PAGE_TWICE, {
          given: `${JSON.stringify(id)} in ${name}`,
        });
      touched.add(id);
      put(id, message);
      return message;
    },
    remove(id) {
      if (!pages.has(id)) return false;
      table.beforeChange?.(id);
      touched.add(id);
      discard(id);
      return true;
    },
    discard,
    ids: () => [...sorted],
    *[Symbol.iterator]() {
      for (const id of [...sorted]) {
        const message = pages.get(id);
        if (message !== undefined) yield [id, message as DeepReadonly<M>] as const;
      }
    },
    takeTouched() {
      const taken = touched;
      touched = new Set();
      return taken;
    },
    load: put,
    touch: (id) => void touched.add(id),
  };
  return table;
}

/** Where an id stands among ascending ones, or would. */
function placeOf(sorted: readonly string[], id: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
