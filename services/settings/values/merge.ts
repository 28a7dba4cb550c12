import { compareStamps, type Stamp } from "./hlc.ts";

/** What is held under a key, or what a device did to it. */
export interface Stamped<V> {
  readonly value: V;
  readonly stamp: Stamp;
}

/**
 * The later of both. Which one comes first, or how often, makes no difference; neither does it how edits are grouped.
 */
export function later<V>(held: Stamped<V> | undefined, edit: Stamped<V>): Stamped<V> {
  return held !== undefined && compareStamps(held.stamp, edit.stamp) >= 0 ? held : edit;
}
