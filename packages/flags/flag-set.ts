import type { Flag, FlagChanged, FlagSnapshot } from "@orrery/schema/settings/v1";
import { readySegment, type ReadySegment } from "./predicate.ts";

/** All flags as of one version; never changes. */
export interface FlagSet {
  /** 0: nothing is known yet. */
  readonly version: number;
  readonly flags: ReadonlyMap<string, Flag>;
  readonly segments: ReadonlyMap<string, ReadySegment>;
}

export const NO_FLAGS: FlagSet = { version: 0, flags: new Map(), segments: new Map() };

export function flagSetOf({ snapshotVersion, flags, segments }: FlagSnapshot): FlagSet {
  return {
    version: snapshotVersion,
    flags: new Map(flags.map((flag) => [flag.key, flag])),
    segments: new Map(segments.map((segment) => [segment.name, readySegment(segment)])),
  };
}

/**
 * The set with a change applied. What is known already changes nothing.
 * @returns undefined: changes between are missing, so all must be fetched again
 */
export function applied(set: FlagSet, change: FlagChanged): FlagSet | undefined {
  const { snapshotVersion, definition, segment } = change;
  if (snapshotVersion <= set.version) return set;
  if (snapshotVersion !== set.version + 1) return undefined;
  const { flags, segments } = set;
  return {
    version: snapshotVersion,
    flags: definition === undefined ? flags : new Map(flags).set(definition.key, definition),
    segments: segment === undefined ? segments : new Map(segments).set(segment.name, readySegment(segment)),
  };
}
