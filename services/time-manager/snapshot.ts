import { serveSnapshot, say } from "@orrery/service";
import { Cause, ClockAdjusted, MoonPhaseChanged, PhaseChanged, SeasonChanged } from "@orrery/schema/time/v1";
import { clock } from "./clock.ts";
import { currentDial } from "./dial.ts";
import { moonIllumination, moonSpan } from "./moons.ts";
import { seasonSpan } from "./seasons.ts";
import { skyFor } from "./sky.ts";

/** A client that comes now learns the clock, the phase, the season and the moons. */
export const snapshot = serveSnapshot(async ({ worldId }, call) => {
  const worlds = call.part(clock);
  await worlds.settled(worldId);
  const state = worlds.state(worldId).root;
  const sky = skyFor(state.calendar);
  const atGs = state.cursorGs;
  const now = sky.instant(atGs, Cause.RUN);
  const phase = sky.phases.at(atGs);
  const season = seasonSpan(sky.almanac, atGs);
  return {
    events: [
      say(ClockAdjusted, currentDial(state, sky)),
      say(PhaseChanged, {
        now,
        atGs,
        from: phase.phase,
        to: phase.phase,
        next: phase.next,
        endsGs: phase.endGs,
      }),
      say(SeasonChanged, { now, atGs, from: season.season, to: season.season, untilGs: season.endGs }),
      ...sky.moons.map((moon) => {
        const span = moonSpan(moon, atGs);
        const illumination = moonIllumination(moon, atGs);
        return say(MoonPhaseChanged, {
          now,
          atGs,
          moonId: moon.id,
          from: span.phase,
          to: span.phase,
          untilGs: span.endGs,
          illumination,
        });
      }),
    ],
    asOf: worlds.marks(worldId),
  };
});
