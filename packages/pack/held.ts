import type { CollectionRefusal } from "@orrery/schema/state/v1";
import type { Problem } from "./problem.ts";
import type { ReadPack } from "./read.ts";

/** Why a running world cannot take up the collections of a pack, each reason at the line that it is about. */
export function heldProblems(
  { pack, files }: ReadPack,
  refusals: readonly Pick<CollectionRefusal, "collection" | "field" | "code" | "message" | "todo">[],
): Problem[] {
  const file = files.collections;
  return refusals.map(({ collection, field, code, message, todo }) => {
    const index = pack.collections.findIndex(({ name }) => name === collection);
    // What was taken out stands nowhere.
    const place = index < 0 ? { line: 0, column: 0 } : file.locate(["collections", index, field || "name"]);
    return { code, file: file.name, ...place, message, hint: todo };
  });
}
