import type { Flag, FlagChanged, Segment } from "@orrery/schema/settings/v1";
import type { FlagSet } from "./flag-set.ts";
import { readySegment } from "./predicate.ts";

/** A table of a world's state, as far as flags go. */
interface Kept<M> extends Iterable<readonly [id: string, message: unknown]> {
  add(id: string, message: M): M;
  remove(id: string): boolean;
}

/** What a world was told of flags, in tables of its own state: `{ flags: Flag, segments: Segment }`. */
export interface FlagTables {
  readonly flags: Kept<Flag>;
  readonly segments: Kept<Segment>;
}

/**
 * Takes in what FlagChanged tells: in the handler of an aggregate. A world is told the last of each flag when it begins, so its
 * own inputs say all that it branches on, and a replay of them branches alike.
 */
export function takeFlag({ flags, segments }: FlagTables, { definition, segment }: FlagChanged): undefined {
  if (definition !== undefined) {
    flags.remove(definition.key);
    flags.add(definition.key, definition);
  }
  if (segment !== undefined) {
    segments.remove(segment.name);
    segments.add(segment.name, segment);
  }
}

/** The flags that a world was told of, to evaluate. Versions are the services' own affair: a world knows none. */
export function flagsTold({ flags, segments }: FlagTables): FlagSet {
  return {
    version: 0,
    flags: new Map([...flags].map(([key, flag]) => [key, flag as Flag])),
    segments: new Map([...segments].map(([name, segment]) => [name, readySegment(segment as Segment)])),
  };
}
