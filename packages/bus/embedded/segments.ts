import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A file of a partition: the bytes from `base` on, `base` counted from the partition's birth. */
export interface Segment {
  readonly base: number;
  readonly path: string;
}

const EXTENSION = ".seg";
/** Enough digits for 2^53. */
const DIGITS = 16;

export function segmentPath(dir: string, base: number): string {
  return join(dir, `${String(base).padStart(DIGITS, "0")}${EXTENSION}`);
}

/** Segments of a partition, oldest first; empty when the folder does not exist. */
export function listSegments(dir: string): Segment[] {
  return namesIn(dir)
    .filter((name) => name.endsWith(EXTENSION))
    .sort()
    .map((name) => ({ base: Number(name.slice(0, -EXTENSION.length)), path: join(dir, name) }));
}

/** Bytes of a file; 0 when it is gone. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Names in a folder; empty when it does not exist. */
export function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
