import type { ClockAdjusted } from "@orrery/schema/time/v1";
import type { Store } from "@orrery/service";
import { dialMs, gameGs } from "./reading.ts";

/** A stretch of real time over which one adjustment held. */
export interface Segment {
  readonly revision: number;
  readonly from_ms: number;
  readonly from_gs: number;
  readonly carry_s: number;
  readonly rate: number;
  readonly paused: boolean;
}

export interface SegmentTables {
  clock_segment: {
    world: string;
    revision: number;
    from_ms: number;
    from_gs: number;
    carry_s: number;
    rate: number;
    paused: number;
    reason: number;
    by: string;
  };
}

/** Keeps what an adjustment says; one that is kept already stays as it is. */
export async function keepSegment(
  store: Pick<Store, "as">,
  world: string,
  adjusted: ClockAdjusted,
): Promise<void> {
  const { revision, anchorMs, anchorGs, carryS, rate, paused, reason, by } = adjusted;
  await store
    .as<SegmentTables>()
    .insertInto("clock_segment")
    .values({
      world,
      revision,
      from_ms: anchorMs,
      from_gs: anchorGs,
      carry_s: carryS,
      rate,
      paused: paused ? 1 : 0,
      reason,
      by,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function segmentsOf(store: Store, world: string): Promise<readonly Segment[]> {
  const rows = await store
    .as<SegmentTables>()
    .selectFrom("clock_segment")
    .selectAll()
    .where("world", "=", world)
    .orderBy("revision")
    .execute();
  return rows.map((row) => ({ ...row, paused: row.paused === 1 }));
}

const dialOf = (segment: Segment) => ({
  anchorMs: segment.from_ms,
  anchorGs: segment.from_gs,
  carryS: segment.carry_s,
  rate: segment.rate,
});

/** The first instant that a double can say at which a running clock shows `atGs`: the exact one may lie between two. */
function firstMs(segment: Segment, atGs: number): number {
  const dial = dialOf(segment);
  let atMs = dialMs(dial, atGs);
  while (gameGs(dial, atMs) < atGs) atMs *= 1 + Number.EPSILON;
  return atMs;
}

/** The first real instant at which the clock showed a game second, by the segments; beyond the cursor an estimate. */
export function toReal(
  segments: readonly Segment[],
  atGs: number,
  cursorGs: number,
): { atMs: number; approximate: boolean } {
  const approximate = atGs > cursorGs;
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1];
    if (segment.paused) {
      // A skip stands at its beginning until it is over: the seconds that it passes over have no instant of their own.
      if (atGs <= segment.from_gs || next === undefined || atGs < next.from_gs)
        return { atMs: segment.from_ms, approximate };
      continue;
    }
    // What the fraction carried over had already shown when the segment began was shown before it, or just then.
    const atMs = i === 0 ? firstMs(segment, atGs) : Math.max(firstMs(segment, atGs), segment.from_ms);
    if (next === undefined || atMs < next.from_ms) return { atMs, approximate };
  }
  return { atMs: 0, approximate: true };
}

/** What the clock showed at a real instant; in the future an estimate. */
export function toGame(
  segments: readonly Segment[],
  atMs: number,
  nowMs: number,
): { atGs: number; approximate: boolean } {
  const segment = segments.findLast((candidate) => candidate.from_ms <= atMs) ?? segments[0];
  if (segment === undefined) return { atGs: 0, approximate: true };
  const atGs = segment.paused ? segment.from_gs : gameGs(dialOf(segment), atMs);
  return { atGs, approximate: atMs > nowMs };
}
