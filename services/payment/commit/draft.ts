import { type BulkTable, reading, together } from "@orrery/service";
import { type Codec, encodeBytes, type InitOf, PLATFORM } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { Dialect } from "@orrery/service";
import { STREAM } from "../store/rows.ts";
import type { PaymentTables, StreamRow } from "../tables.ts";

/** An event that a commit tells. */
export interface Told {
  readonly world: string;
  readonly codec: Codec;
  readonly key: string;
  readonly payload: Uint8Array;
  readonly publisher: string;
  readonly sequence: number;
  readonly cause: EventRef | undefined;
}

export interface EventRef {
  readonly publisher: string;
  readonly sequence: number;
}

/** Names one row. */
export type Key = readonly (string | number)[];
export interface RowName {
  readonly table: BulkTable<any>;
  readonly key: Key;
}

/** What one job sees and changes; nothing of it counts before its commit. */
export interface Draft {
  readonly nowMs: number;
  /** Rows as they were before this commit: for queries of a job that has a commit of its own, before it writes. */
  readonly db: Kysely<PaymentTables>;
  get<R extends object>(table: BulkTable<R>, ...key: Key): Promise<Readonly<R> | undefined>;
  put<R extends object>(table: BulkTable<R>, row: R): void;
  emit<C extends Codec>(world: string, codec: C, key: string, event: InitOf<C>, cause?: EventRef): void;
  /** Does it, or leaves nothing of it behind and throws. */
  attempt<T>(act: () => Promise<T>): Promise<T>;
}

/** The draft of a whole commit. */
export interface Sheet extends Draft {
  /** Reads many rows at once, ahead of those who want them. */
  load(names: readonly RowName[]): Promise<void>;
  changed(): readonly { readonly table: BulkTable<any>; readonly rows: readonly object[] }[];
  readonly told: readonly Told[];
}

interface Layer {
  readonly rows: Map<string, { readonly table: BulkTable<any>; readonly row: object }>;
  readonly told: Told[];
}

const NUL = "\u0000";
const nameOf = (table: BulkTable<any>, key: Key) => [table.name, ...key].join(NUL);
const newLayer = (): Layer => ({ rows: new Map(), told: [] });

export interface SheetTerms {
  readonly db: Kysely<PaymentTables>;
  readonly dialect: Dialect;
  readonly nowMs: number;
  /** Of a world's first event. */
  readonly newPublisher: (world: string) => string;
}

export function createSheet({ db, dialect, nowMs, newPublisher }: SheetTerms): Sheet {
  const layers: Layer[] = [newLayer()];
  const read = new Map<string, object | undefined>();
  const top = () => layers.at(-1) as Layer;

  async function load(names: readonly RowName[]): Promise<void> {
    const wanted = new Map<BulkTable<any>, Map<string, Key>>();
    for (const { table, key } of names) {
      const name = nameOf(table, key);
      if (read.has(name)) continue;
      read.set(name, undefined);
      const keys = wanted.get(table) ?? new Map<string, Key>();
      wanted.set(table, keys.set(name, key));
    }
    const all = [...wanted];
    const found = await together(
      db,
      ...all.map(([table, keys]) => reading(dialect, table, table.key, [...keys.values()])),
    );
    all.forEach(([table], i) => {
      for (const row of (found[i] ?? []) as Record<string, string | number>[])
        read.set(
          nameOf(
            table,
            table.key.map((column) => row[column] as string),
          ),
          row,
        );
    });
  }

  async function get<R extends object>(table: BulkTable<R>, ...key: Key): Promise<R | undefined> {
    const name = nameOf(table, key);
    for (let at = layers.length - 1; at >= 0; at--) {
      const held = layers[at]?.rows.get(name);
      if (held !== undefined) return held.row as R;
    }
    if (!read.has(name)) await load([{ table, key }]);
    return read.get(name) as R | undefined;
  }

  function put<R extends object>(table: BulkTable<R>, row: R): void {
    const key = table.key.map((column) => row[column] as string | number);
    top().rows.set(nameOf(table, key), { table, row });
  }

  function streamOf(world: string): StreamRow {
    const name = nameOf(STREAM, [world]);
    const held = layers.findLast(({ rows }) => rows.has(name))?.rows.get(name)?.row ?? read.get(name);
    return (held as StreamRow | undefined) ?? { world, publisher: newPublisher(world), next: 1 };
  }

  return {
    nowMs,
    db,
    get,
    put,
    load,
    emit(world, codec, key, event, cause) {
      const { publisher, next } = streamOf(world);
      put(STREAM, { world, publisher, next: next + 1 });
      const payload = encodeBytes(codec, event);
      top().told.push({ world, codec, key, payload, publisher, sequence: next, cause });
    },
    async attempt(act) {
      layers.push(newLayer());
      try {
        const answer = await act();
        const { rows, told } = layers.pop() as Layer;
        for (const [name, held] of rows) top().rows.set(name, held);
        top().told.push(...told);
        return answer;
      } catch (error) {
        layers.pop();
        throw error;
      }
    },
    changed() {
      const by = new Map<BulkTable<any>, object[]>();
      for (const { table, row } of top().rows.values()) by.set(table, [...(by.get(table) ?? []), row]);
      return [...by].map(([table, rows]) => ({ table, rows }));
    },
    get told() {
      return top().told;
    },
  };
}

/** The stream that a world's events take: read ahead of whoever tells something there. */
export const streamName = (world: string = PLATFORM): RowName => ({ table: STREAM, key: [world] });
