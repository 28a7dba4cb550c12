import type { ReadAccess, WriteAccess } from "@orrery/schema/state/v1";
import type { ObjectRow } from "../tables.ts";
import { decodeValue } from "../value/message.ts";
import type { Value } from "../value/model.ts";
import type { Ref } from "./reference.ts";

/** An object as a commit works with it; replaced, never changed. */
export interface Held {
  readonly ref: Ref;
  /** 0: a fork sees it with its parent, and has no row of its own. */
  readonly id: number;
  readonly head: number;
  readonly version: number;
  /** Undefined: deleted. */
  readonly value: Value | undefined;
  /** Of the value, encoded. */
  readonly bytes: Uint8Array;
  readonly read: ReadAccess;
  readonly write: WriteAccess;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly updatedBy: string;
  readonly expiresAt: number | undefined;
  readonly seq: number;
  /** Id where it was first made, of a fork's; 0: its own. */
  readonly place: number;
}

const NOTHING = new Uint8Array();

export function heldOf(ref: Ref, row: ObjectRow): Held {
  return {
    ref,
    id: row.id,
    head: row.head,
    version: row.version,
    value: row.live === 0 ? undefined : decodeValue(row.value),
    bytes: row.live === 0 ? NOTHING : row.value,
    read: row.read as ReadAccess,
    write: row.write as WriteAccess,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    updatedBy: row.updated_by,
    expiresAt: row.expires_at ?? undefined,
    seq: row.seq,
    place: row.place,
  };
}

export function rowOf(held: Held): ObjectRow {
  return {
    id: held.id,
    head: held.head,
    owner: held.ref.owner,
    key: held.ref.key,
    version: held.version,
    live: held.value === undefined ? 0 : 1,
    value: held.bytes,
    read: held.read,
    write: held.write,
    created_ms: held.createdMs,
    updated_ms: held.updatedMs,
    updated_by: held.updatedBy,
    expires_at: held.expiresAt ?? null,
    seq: held.seq,
    place: held.place,
  };
}
