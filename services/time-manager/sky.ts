import type { Calendar, Moon } from "@orrery/schema/world/v1";
import type { Cause, Instant } from "@orrery/schema/time/v1";
import { type Almanac, almanacOf, DAY_GS, HOUR_GS, MINUTE_GS } from "./calendar.ts";
import { moonSpan } from "./moons.ts";
import { phaseTable, type PhaseTable } from "./phases.ts";
import { seasonSpan } from "./seasons.ts";

/** A calendar ready to be asked: what any instant of the world is called, and what the sky shows then. */
export interface Sky {
  readonly almanac: Almanac;
  readonly phases: PhaseTable;
  readonly moons: readonly Moon[];
  /** Names an instant; `cause` says why time got there. */
  instant(atGs: number, cause: Cause): Omit<Instant, "$typeName" | "$unknown">;
}

export function skyOf(calendar: Calendar): Sky {
  const almanac = almanacOf(calendar);
  const phases = phaseTable(almanac);
  const firstMoon = calendar.moons[0];
  return {
    almanac,
    phases,
    moons: calendar.moons,
    instant(atGs, cause) {
      const dayNumber = Math.floor(atGs / DAY_GS);
      const second = atGs - dayNumber * DAY_GS;
      const { year, month, day, weekday, dayOfYear } = almanac.dateOf(dayNumber);
      const { phase, face } = phases.at(atGs);
      return {
        atGs,
        year,
        month,
        day,
        weekday,
        dayOfYear,
        hour: Math.floor(second / HOUR_GS),
        minute: Math.floor((second % HOUR_GS) / MINUTE_GS),
        phase,
        face,
        season: seasonSpan(almanac, atGs).season,
        moonPhase: firstMoon === undefined ? 0 : moonSpan(firstMoon, atGs).phase,
        cause,
      };
    },
  };
}

const skies = Symbol("sky");

/**
 * The sky of a calendar message, computed once for as long as the message lives.
 * @throws TypeError without one: a clock is made of a pack that has it
 */
export function skyFor(calendar: Calendar | undefined): Sky {
  if (calendar === undefined) throw new TypeError("the clock has no calendar");
  const holder = calendar as Calendar & { [skies]?: Sky };
  if (holder[skies] === undefined)
    Object.defineProperty(holder, skies, { value: skyOf(calendar), configurable: true });
  return holder[skies] as Sky;
}
