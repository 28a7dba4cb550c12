import { StateChanged, StateDeleted } from "@orrery/schema/state/v1";
import { forward } from "../value/difference.ts";
import { fromFieldChanges } from "../value/field-changes.ts";
import type { Value } from "../value/model.ts";
import type { Heard } from "./state.ts";

export interface Folded {
  /** By `collection/owner/key`. */
  readonly values: ReadonlyMap<string, { readonly version: number; readonly value: Value }>;
  /** Gaps, repeats and versions out of order, in words. */
  readonly faults: readonly string[];
}

/** The objects of one world as its events tell of them. */
export function fold(
  heard: readonly Heard[],
  world: string,
  omitted: (name: string, version: number) => Value,
): Folded {
  const values = new Map<string, { version: number; value: Value }>();
  const last = new Map<string, number>();
  const seqs = new Map<string, number>();
  const faults: string[] = [];
  for (const { type, payload, world: own } of heard) {
    if (own !== world) continue;
    const gone = type === StateDeleted.typeName ? StateDeleted.decode(payload) : undefined;
    const changed = gone === undefined ? StateChanged.decode(payload) : undefined;
    const { collection, owner, key, seq } = (gone ?? changed) as StateChanged;
    const name = `${collection}/${owner}/${key}`;
    const seqBefore = seqs.get(collection) ?? 0;
    if (seq !== seqBefore + 1) faults.push(`${collection}: seq ${seq} after ${seqBefore}`);
    seqs.set(collection, seq);
    if (gone !== undefined) {
      if (gone.lastVersion !== last.get(name)) faults.push(`${name}: gone at ${gone.lastVersion}`);
      values.delete(name);
      continue;
    }
    const { oldVersion, version, changes, diffOmitted } = changed as StateChanged;
    if (oldVersion !== (last.get(name) ?? 0) || version !== oldVersion + 1)
      faults.push(`${name}: ${oldVersion} to ${version} after ${last.get(name) ?? 0}`);
    last.set(name, version);
    const before = values.get(name)?.value;
    const value = diffOmitted ? omitted(name, version) : forward(before, fromFieldChanges(changes));
    values.set(name, { version, value: value as Value });
  }
  return { values, faults };
}
