import { entry, isMap, type Value } from "./model.ts";

/** RFC 7396. */
export function mergePatch(target: Value | undefined, patch: Value): Value {
  if (!isMap(patch)) return patch;
  const merged: Record<string, Value> = isMap(target) ? { ...target } : {};
  for (const [key, own] of Object.entries(patch)) {
    if (own === null) delete merged[key];
    else merged[key] = mergePatch(entry(merged, key), own);
  }
  return merged;
}
