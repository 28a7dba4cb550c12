import type { Routine, RoutineDay, SeasonKind } from "@orrery/schema/world/v1";

const DAY_GS = 86_400;
/** How early or late people are, game seconds: normal, and never more than the last. */
const SPREAD_GS = 600;
const MOST_GS = 1_500;

/** What a routine asks of a day. */
export interface Dated {
  /** From 1. */
  readonly weekday: number;
  readonly season: SeasonKind;
  /** Tags of its holidays. */
  readonly feasts: readonly string[];
}

/** A slot of a person's own day. */
export interface Habit {
  readonly activityId: string;
  readonly fromGs: number;
  /** Where the next begins, or midnight. */
  readonly untilGs: number;
}

export const dayNumberOf = (atGs: number): number => Math.floor(atGs / DAY_GS);

const fits = ({ weekdays, seasons, holidayTags }: RoutineDay, { weekday, season, feasts }: Dated) =>
  (weekdays.length === 0 || weekdays.includes(weekday)) &&
  (seasons.length === 0 || seasons.includes(season)) &&
  (holidayTags.length === 0 || holidayTags.some((tag) => feasts.includes(tag)));

/**
 * A person's slots of a day: the routine's, each a little early or late. Before the first one what was last goes on.
 * @param draw normal draws that belong to this person and day, one a slot in their order
 */
export function slotsOf(
  { days }: Pick<Routine, "days">,
  dayNumber: number,
  dated: Dated,
  draw: () => number,
): readonly Habit[] {
  const day = days.find((one) => fits(one, dated)) ?? days.at(-1);
  const midnight = dayNumber * DAY_GS;
  const slots = day?.slots ?? [];
  const last = slots.at(-1);
  if (last === undefined) return [];
  let before = midnight;
  const starts = slots.map(({ fromS, activityId }) => {
    const off = Math.min(MOST_GS, Math.max(-MOST_GS, draw() * SPREAD_GS));
    // Never before the slot that it follows, nor out of its day.
    const fromGs = Math.min(midnight + DAY_GS - 1, Math.max(before + 1, midnight + fromS + Math.round(off)));
    before = fromGs;
    return { activityId, fromGs };
  });
  return [{ activityId: last.activityId, fromGs: midnight }, ...starts].map(
    ({ activityId, fromGs }, i, all) => ({
      activityId,
      fromGs,
      untilGs: all[i + 1]?.fromGs ?? midnight + DAY_GS,
    }),
  );
}

/** The slot that a moment is in. */
export const slotAt = (slots: readonly Habit[], atGs: number): Habit | undefined =>
  slots.findLast(({ fromGs }) => fromGs <= atGs);
