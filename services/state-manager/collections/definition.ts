import { ReadAccess, WriteAccess } from "@orrery/schema/state/v1";

/** What is kept under one name, and how. */
export interface Collection {
  /** `[a-z0-9-]{1,64}`. */
  readonly name: string;
  /** `platform` objects belong to no world and are shared by all. */
  readonly scope: "world" | "platform";
  /** `json`: any value. Otherwise a message type; values are its bytes. */
  readonly value: string;
  /** JSON Schema (draft 2020-12) of a json value. */
  readonly schema: object | undefined;
  /** Largest value, bytes, at most 262,144. */
  readonly maxBytes: number;
  /** Objects of one owner, within one world; 0: only the owner's whole quota. */
  readonly maxPerOwner: number;
  /** What a new object may be read and written by. */
  readonly read: ReadAccess;
  readonly write: WriteAccess;
  /** RFC 6901 paths that Query may ask for, at most 4. */
  readonly indexes: readonly string[];
  /** What is kept of the past: so many versions (0..1,000) for so many days (0..3,650). */
  readonly history: { readonly versions: number; readonly days: number };
  /** Part of save slots. */
  readonly synced: boolean;
  /** Only this service's own operations change it. */
  readonly builtIn: boolean;
  /** Pack that defines it; empty: code. */
  readonly packId: string;
  /** Name each of the indexes in the entries of objects, for ever. */
  readonly indexSlots: readonly number[];
}

export const BYTES_MOST = 262_144;

const STANDARD: Omit<Collection, "name"> = {
  scope: "world",
  value: "json",
  schema: undefined,
  maxBytes: 65_536,
  maxPerOwner: 0,
  read: ReadAccess.OWNER,
  write: WriteAccess.OWNER,
  indexes: [],
  history: { versions: 100, days: 30 },
  synced: false,
  builtIn: false,
  packId: "",
  indexSlots: [],
};

export function collection(name: string, given: Partial<Omit<Collection, "name">> = {}): Collection {
  const indexes = given.indexes ?? [];
  return { ...STANDARD, indexSlots: indexes.map((_, place) => place), ...given, name };
}
