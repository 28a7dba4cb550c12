import { LIMITS } from "../limits.ts";
import type { Queue } from "../queue.ts";

/**
 * Whether more waits for a client than it may leave unread. What waits for another reason than that it reads slowly is let
 * pass, but never more than anybody catches up with: nobody makes the door hold more by looking elsewhere over and over.
 * @param loading its snapshots are on their way: nothing is written to it, however fast it reads
 */
export function waitsTooMuch(
  { bytes, excusedBytes }: Pick<Queue, "bytes" | "excusedBytes">,
  loading: boolean,
): boolean {
  const fineBytes = loading ? LIMITS.catchUpBytes : LIMITS.slowBytes;
  return bytes - Math.min(excusedBytes, LIMITS.catchUpBytes) > fineBytes;
}
