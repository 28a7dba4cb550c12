import type { StateObjectInit } from "@orrery/schema/state/v1";
import type { Kysely } from "kysely";
import type { Level } from "../fork/lineage.ts";
import type { ObjectRow, StateTables } from "../tables.ts";
import { heldOf } from "../write/held.ts";
import { refIn } from "../write/reference.ts";
import { type Form, objectMessage } from "./object-message.ts";
import { valueAt } from "./value-at.ts";
import { rowsAfter } from "./view.ts";
import type { Scope } from "./visible.ts";

export interface ListPage {
  readonly objects: readonly StateObjectInit[];
  /** Owner and key to go on behind; undefined: that was all. */
  readonly at: readonly [string, string] | undefined;
}

/**
 * Objects in the order of owner and key, as they were at a seq: one that changed since is given as it was, one that
 * is new since is left out.
 */
export async function listObjects(
  db: Kysely<StateTables>,
  scope: Scope,
  levels: readonly Level[],
  asOf: number,
  form: Form,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<ListPage> {
  const { rows, at } = await rowsAfter(db, levels, { ...scope, asOf }, after, limit);
  const objects: StateObjectInit[] = [];
  for (const row of rows) {
    const shown = await asItWas(db, scope, row, asOf, form);
    if (shown !== undefined) objects.push(shown);
  }
  return { objects, at };
}

export async function asItWas(
  db: Kysely<StateTables>,
  scope: Scope,
  row: ObjectRow,
  asOf: number,
  form: Form,
): Promise<StateObjectInit | undefined> {
  const held = heldOf(refIn(scope.collection, scope.world, row.owner, row.key), row);
  if (row.seq <= asOf) return held.value === undefined ? undefined : objectMessage(held, held.value, form);
  const then = await valueAt(db, row.id, { seq: asOf });
  if (then?.value === undefined) return undefined;
  const earlier = { ...held, version: then.version, updatedMs: then.atMs ?? 0, updatedBy: then.actor };
  return objectMessage(earlier, then.value, form);
}
