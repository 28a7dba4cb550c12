// Times within a frame: the step from the event before, exact for every double.
import { failMalformed } from "../codec/fail.ts";
import { after, readDouble } from "../codec/read.ts";
import { readVarint53, unzigzag, writeVarint, zigzag } from "./varint.ts";

/** Most bytes of a step. */
export const TIME_BYTES = 9;
/** Steps beyond this many ms or µs are written as absolute times. */
const FARTHEST = 2 ** 49;
const WHOLE_MS = 0;
const WHOLE_US = 1;
const ABSOLUTE = 2;

/** Writes the step from `from` to `to`, Unix ms, at `p`: whole ms, else whole µs, else the double itself. */
export function writeTimeStep(
  bytes: Uint8Array,
  view: DataView,
  p: number,
  from: number,
  to: number,
): number {
  const ms = to - from;
  if (Number.isInteger(ms) && from + ms === to && ms < FARTHEST && ms > -FARTHEST) {
    return writeVarint(bytes, p, zigzag(ms) * 4 + WHOLE_MS);
  }
  const us = Math.round(ms * 1000);
  if (from + us / 1000 === to && us < FARTHEST && us > -FARTHEST) {
    return writeVarint(bytes, p, zigzag(us) * 4 + WHOLE_US);
  }
  bytes[p] = ABSOLUTE;
  view.setFloat64(p + 1, to, true);
  return p + 9;
}

/** The time at the end of the step at `p`; leaves the end in `after.p`. */
export function readTimeStep(bytes: Uint8Array, p: number, from: number): number {
  const value = readVarint53(bytes, p);
  switch (value % 4) {
    case WHOLE_MS:
      return from + unzigzag((value - WHOLE_MS) / 4);
    case WHOLE_US:
      return from + unzigzag((value - WHOLE_US) / 4) / 1000;
    default: {
      if (value !== ABSOLUTE) failMalformed("a time step of unknown form");
      const time = readDouble(bytes, after.p);
      after.p += 8;
      if (!Number.isFinite(time)) failMalformed("a time that is no number");
      return time;
    }
  }
}
