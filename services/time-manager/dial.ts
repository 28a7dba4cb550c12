import { AdjustReason, Cause, ClockAdjusted, ClockMode, type WorldClock } from "@orrery/schema/time/v1";
import type { InitOf } from "@orrery/wire";
import type { Sky } from "./sky.ts";

/** The adjustment that holds now, as an event for those who missed it. */
export function currentDial(state: WorldClock, sky: Sky): InitOf<typeof ClockAdjusted> {
  return {
    now: sky.instant(state.anchorGs, Cause.RUN),
    atGs: state.anchorGs,
    revision: state.revision,
    anchorMs: state.anchorMs,
    anchorGs: state.anchorGs,
    carryS: state.carryS,
    prevGs: state.anchorGs,
    ...(state.skip && { skipToGs: state.skip.toGs }),
    rate: state.rate,
    paused: state.mode !== ClockMode.RUNNING,
    holds: Object.keys(state.holds).sort(),
    reason: AdjustReason.UNSPECIFIED,
    by: "",
  };
}
