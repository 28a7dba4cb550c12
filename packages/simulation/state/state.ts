import { create, type Message } from "@bufbuild/protobuf";
import type { Codec, MessageOf } from "@orrery/wire";
import { createTable, type DeepReadonly, type KeptTable, type Table } from "./table.ts";

/** Message types of tables, by their names. */
export type TableTypes = Readonly<Record<string, Codec>>;

/** What the state of one world is made of: one small message, and tables of many. */
export interface StateTypes<R extends Message = any, T extends TableTypes = any> {
  readonly root: Codec<R>;
  readonly tables: T;
}

/** The state of one world in memory: its root, and each table under its name. */
export type State<R = any, T extends TableTypes = any> = { root: R } & {
  readonly [K in keyof T]: Table<MessageOf<T[K]>>;
};

/** A state to read only. */
export type SeenState<S> = {
  readonly [K in keyof S]: S[K] extends Table<infer M>
    ? Pick<Table<M>, "size" | "has" | "get" | "ids" | typeof Symbol.iterator>
    : DeepReadonly<S[K]>;
};

/** Whatever its tables. */
export interface AnyState {
  root: any;
}

/** A state of nothing yet: the root's defaults, and empty tables. */
export function emptyState<R extends Message, T extends TableTypes>(types: StateTypes<R, T>): State<R, T> {
  const tables = Object.entries(types.tables as TableTypes).map(
    ([name, codec]) => [name, createTable(name, codec)] as const,
  );
  return { root: create(types.root.schema), ...Object.fromEntries(tables) } as unknown as State<R, T>;
}

/** The tables of a state, in the order of their definition. */
export const tablesOf = (
  { tables }: StateTypes,
  state: AnyState,
): readonly (readonly [string, KeptTable])[] =>
  Object.keys(tables as TableTypes).map((name) => [name, (state as State)[name] as KeptTable]);
