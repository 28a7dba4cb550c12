import { expect, it } from "vitest";
import { LIMITS } from "../limits.ts";
import { waitsTooMuch } from "./slow.ts";

const { slowBytes, catchUpBytes } = LIMITS;

it.each([
  ["what it may leave unread", slowBytes, 0, false, false],
  ["more than that", slowBytes + 1, 0, false, true],
  ["as much again as it missed", catchUpBytes + slowBytes, catchUpBytes, false, false],
  ["more than anybody catches up with, whatever the excuse", 2 * catchUpBytes, 2 * catchUpBytes, false, true],
  ["what gathers while its snapshots are on the way", catchUpBytes, 0, true, false],
  ["more than may gather meanwhile", catchUpBytes + 1, 0, true, true],
])(
  "a client for whom %s waits: %d bytes, %d of them excused, loading %s: %s",
  (_, bytes, excusedBytes, loading, slow) => {
    expect(waitsTooMuch({ bytes, excusedBytes }, loading)).toBe(slow);
  },
);
