import type { FieldChange, FieldChangeInit } from "@orrery/schema/state/v1";
import type { Difference } from "./difference.ts";
import { fromMessage, toMessage } from "./message.ts";
import { readPointer, writePointer } from "./pointer.ts";

export function toFieldChanges(differences: readonly Difference[]): FieldChangeInit[] {
  return differences.map(({ path, before, after }) => ({
    path: writePointer(path),
    ...(before !== undefined && { old: toMessage(before) }),
    ...(after !== undefined && { new: toMessage(after) }),
  }));
}

export function fromFieldChanges(changes: readonly FieldChange[]): Difference[] {
  return changes.map((change) => ({
    path: readPointer(change.path) ?? [],
    before: change.old && fromMessage(change.old),
    after: change.new && fromMessage(change.new),
  }));
}
