import { readFileSync, truncateSync } from "node:fs";
import type { Damage } from "./log-record.ts";
import { findRecord, recordAt } from "./record.ts";
import { listSegments } from "./segments.ts";

export interface Recovered {
  /** Where the log goes on: no position that a reader may have taken for the end is used again. */
  readonly end: number;
  /** Base of the segment to go on with; undefined when a new one begins at `end`. */
  readonly base: number | undefined;
  readonly damages: readonly Damage[];
}

/**
 * Finds the end of a partition and cuts what a crash left behind it: a torn record, or room that was made ahead
 * (zeros, which are nobody's loss). Only the newest segment can have either; damage before whole records is
 * told, not cut. Behind a torn record a new segment begins: a subscription may have been made meanwhile that begins
 * at the end as the file then told it, and frames written before that place would never reach it.
 */
export function recover(dir: string, longestFrame: number): Recovered {
  const newest = listSegments(dir).at(-1);
  if (newest === undefined) return { end: 0, base: undefined, damages: [] };
  const bytes = readFileSync(newest.path);
  const damages: Damage[] = [];
  let at = 0;
  while (at < bytes.length) {
    const record = recordAt(bytes, at, longestFrame);
    if (record.kind === "record") {
      at = record.end;
      continue;
    }
    if (isBlank(bytes, at)) break;
    const next = findRecord(bytes, at + 1, longestFrame);
    const to = next < 0 ? bytes.length : next;
    damages.push({ path: newest.path, from: newest.base + at, to: newest.base + to, torn: next < 0 });
    if (next < 0) break;
    at = next;
  }
  if (at < bytes.length) truncateSync(newest.path, at);
  if (damages.at(-1)?.torn !== true) return { end: newest.base + at, base: newest.base, damages };
  return { end: newest.base + bytes.length, base: undefined, damages };
}

function isBlank(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}
