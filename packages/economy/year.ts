import type { Season, SeasonKind } from "@orrery/schema/world/v1";

/** The course of a year, as far as harvests go. */
export interface Year {
  /** How many days a stock of a good has to last at ease; 10, unless it comes in once a year. @param dayOfYear from 1 */
  reach(good: number, dayOfYear: number): number;
}

/** So long a stock has to last where something comes in all the year. */
export const EASE_DAYS = 10;

/** @param harvests of each good the seasons in which it comes in; undefined: all the year */
export function createYear(
  seasons: readonly Pick<Season, "kind" | "startDay">[],
  yearDays: number,
  harvests: readonly (ReadonlySet<SeasonKind> | undefined)[],
): Year {
  const days = Math.max(1, yearDays);
  const seasonOn = (day: number) => {
    const begun = seasons.filter(({ startDay }) => startDay <= day);
    return (begun.at(-1) ?? seasons.at(-1))?.kind;
  };
  // Counted once: every hour of every market asks.
  const reaches = harvests.map((harvest) => {
    if (harvest === undefined) return undefined;
    const isHarvest = Array.from({ length: days }, (_, at) => {
      const kind = seasonOn(at + 1);
      return kind !== undefined && harvest.has(kind);
    });
    return isHarvest.map((_, at) => EASE_DAYS + daysToLast(isHarvest, at));
  });
  return {
    reach: (good, dayOfYear) => reaches[good]?.[(Math.max(1, dayOfYear) - 1) % days] ?? EASE_DAYS,
  };
}

/**
 * Between harvests, the days until the next one. While one comes in, its share that is in already of the days that it has
 * to last from its end on: a barn that fills is no glut.
 */
function daysToLast(isHarvest: readonly boolean[], at: number): number {
  const days = isHarvest.length;
  const on = (day: number) => isHarvest[(day + 2 * days) % days] === true;
  if (!isHarvest.includes(true) || !isHarvest.includes(false)) return 0;
  let ahead = 0;
  if (!on(at)) {
    while (!on(at + ahead)) ahead += 1;
    return ahead;
  }
  let behind = 0;
  while (on(at - behind - 1)) behind += 1;
  while (on(at + ahead)) ahead += 1;
  let gap = 0;
  while (!on(at + ahead + gap)) gap += 1;
  return (gap * behind) / (behind + ahead);
}
