import type { Draft } from "./draft.ts";
import type { Ref } from "./reference.ts";

/** Where the collections of objects stand after a draft, each once. */
export function seqMarks(
  draft: Draft,
  refs: readonly Ref[],
): { worldId: string; collection: string; seq: number }[] {
  const marks = new Map<string, { worldId: string; collection: string; seq: number }>();
  for (const { world, collection } of refs) {
    const name = `${world}\u0000${collection.name}`;
    if (!marks.has(name))
      marks.set(name, {
        worldId: world,
        collection: collection.name,
        seq: draft.seq(world, collection.name),
      });
  }
  return [...marks.values()];
}
