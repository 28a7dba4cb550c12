import { Cursor } from "@orrery/schema/router/v1";
import { encodeBytes } from "@orrery/wire";
import { LIMITS } from "./limits.ts";
import type { Place } from "./streams.ts";

/**
 * Where a client stands by its cursor; undefined: it has none for this world, or none that tells anything: older or larger
 * than any that is looked at, of a client that has taken nothing in, or from before `sinceMs`.
 * @param sinceMs what was known of the world before does not lead to what is
 */
export function placeOf(
  cursor: Cursor | undefined,
  world: string,
  nowMs: number,
  sinceMs: number,
): Place | undefined {
  if (cursor === undefined || cursor.worldId !== world || !(cursor.timeMs > 0)) return undefined;
  if (nowMs - cursor.timeMs > LIMITS.cursorMs || cursor.timeMs <= sinceMs) return undefined;
  if (encodeBytes(Cursor, cursor).length > LIMITS.cursorBytes) return undefined;
  return {
    marks: new Map(cursor.marks.map(({ publisher, sequence }) => [publisher, sequence])),
    timeMs: cursor.timeMs - LIMITS.clocksApartMs,
  };
}
