import type { Feature } from "@orrery/schema/capability/v1";
import { availabilityOn } from "./available.ts";

/** Stands at the end of fallbacks for: nothing then. */
export const NONE = "none";

/** @returns the keys around which it goes in a circle; undefined: every chain ends */
export function fallbackCycle(
  features: ReadonlyMap<string, Feature>,
  from: string,
): readonly string[] | undefined {
  const path: string[] = [];
  const ended = new Set<string>();
  function walk(key: string): readonly string[] | undefined {
    if (path.includes(key)) return [...path.slice(path.indexOf(key)), key];
    // Seen from elsewhere, and it ended: two chains may share their end.
    if (ended.has(key)) return undefined;
    path.push(key);
    for (const next of features.get(key)?.fallbacks ?? []) {
      const found = next === NONE ? undefined : walk(next);
      if (found !== undefined) return found;
    }
    path.pop();
    ended.add(key);
    return undefined;
  }
  return walk(from);
}

/** A fallback that is not there, or that is on no engine that the feature is on; undefined: all can be tried. */
export function danglingFallback(
  features: ReadonlyMap<string, Feature>,
  { fallbacks, availability }: Feature,
): string | undefined {
  return fallbacks.find((key) => {
    if (key === NONE) return false;
    const fallback = features.get(key);
    return (
      fallback === undefined ||
      !availability.some(({ engineId }) => availabilityOn(fallback, engineId) !== undefined)
    );
  });
}

/**
 * The first in the place of a feature that can be shown: each fallback, and what stands in its place, before the next.
 */
export function firstFallback(
  features: ReadonlyMap<string, Feature>,
  key: string,
  isOffered: (key: string) => boolean,
  seen: Set<string> = new Set([key]),
): string | undefined {
  for (const next of features.get(key)?.fallbacks ?? []) {
    if (next === NONE) return undefined;
    if (seen.has(next)) continue;
    seen.add(next);
    const found = isOffered(next) ? next : firstFallback(features, next, isOffered, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
