import { LRUCache } from "lru-cache";
import { KEYS } from "../matrix/fields.ts";
import type { Resolved } from "./situation.ts";

/** Gives for equal configs the same object: of ten thousand sessions most show what others do. */
export type Intern = (resolved: Resolved) => Resolved;

const MOST = 2_000;

export function createIntern(): Intern {
  const known = new LRUCache<string, Resolved>({ max: MOST });
  return (resolved) => {
    const { mode, preset, isAuto, values } = resolved;
    const name = [mode, preset, isAuto, ...KEYS.map((key) => values[key])].join(" ");
    const same = known.get(name);
    if (same !== undefined) return same;
    known.set(name, resolved);
    return resolved;
  };
}
