import type { Frame } from "@orrery/wire";
import type { FrameRow } from "../journal/tables.ts";
import type { Rules } from "./rules.ts";

export const DAY_MS = 86_400_000;
export const DAY_GS = 86_400;

/** What holds for the frames of one world. */
export interface Expiry {
  readonly rules: Rules;
  readonly nowMs: number;
  /**
   * Game time from which days of the world are counted back; undefined: it has no clock, and they count as real ones.
   * -Infinity: it has one, and where it stands is not known.
   */
  readonly nowGs: number | undefined;
  /** The journal is nearly full: days do not count, only what a replay needs is kept. */
  readonly early: boolean;
  /** Whether newer ones of this type and key stand for it: `latest` of its option. */
  superseded(type: string, key: string, sequence: number, publisher: string): boolean;
}

/** Why a frame stays: `forever` is for good, `yet` until time has passed. */
export type Fate = "gone" | "yet" | "forever";

/** What becomes of a frame: it goes when every event of it has outlived its retention. One that has not keeps its neighbours. */
export function fateOf(frame: Frame, row: Pick<FrameRow, "skip" | "to_gs">, expiry: Expiry): Fate {
  let fate: Fate = "gone";
  for (const event = frame.cursor(); event.next(); ) {
    if (event.index < row.skip) continue;
    const retention = expiry.rules.of(event.type, frame.lane);
    if (retention.kind === "forever") return "forever";
    if (retention.kind === "latest") {
      if (!expiry.superseded(event.type, event.key, event.sequence, frame.publisher)) fate = "yet";
    } else if (
      !expiry.early &&
      !hasPassed(retention.days, retention.kind === "game_days", row.to_gs, event.timeMs, expiry)
    )
      fate = "yet";
  }
  return fate;
}

/** Of days of the world the frame's latest moment counts: it goes as one. What has no moment in the world has a real one. */
function hasPassed(
  days: number,
  ofWorld: boolean,
  frameGs: number | null,
  timeMs: number,
  { nowMs, nowGs }: Expiry,
): boolean {
  if (ofWorld && nowGs !== undefined && frameGs !== null) return frameGs <= nowGs - days * DAY_GS;
  return timeMs <= nowMs - days * DAY_MS;
}
