import { type CalendarInit, SeasonKind } from "@orrery/schema/world/v1";
import type { CalendarText } from "../shape/calendar.ts";

const DAY_S = 86_400;
const KINDS = {
  spring: SeasonKind.SPRING,
  summer: SeasonKind.SUMMER,
  autumn: SeasonKind.AUTUMN,
  winter: SeasonKind.WINTER,
};

/** Days from the first day of year 1 to a date. */
function dayNumber(text: CalendarText, date: { year: number; month: number; day: number }): number {
  const { months, leap } = text;
  const yearDays = months.reduce((sum, month) => sum + month.days, 0);
  const leapDays = leap ? leap.add_days * Math.floor((date.year - 1) / leap.every) : 0;
  let days = yearDays * (date.year - 1) + leapDays + date.day - 1;
  months.slice(0, date.month - 1).forEach((month, i) => {
    days += month.days;
    if (leap && leap.month === i + 1 && date.year % leap.every === 0) days += leap.add_days;
  });
  return days;
}

export function buildCalendar(text: CalendarText): CalendarInit {
  const [hour, minute] = text.start.at.split(":").map(Number) as [number, number];
  const days = dayNumber(text, text.start) - dayNumber(text, text.epoch);
  return {
    id: text.id,
    era: text.era,
    months: text.months,
    weekdays: text.weekdays,
    seasons: text.seasons.map(({ name, kind, start_day }) => ({
      name,
      kind: KINDS[kind],
      startDay: start_day,
    })),
    holidays: text.holidays.map(({ id, name, tags, months, days, weekdays }) => ({
      id,
      name,
      tags,
      rule: { months, days, weekdays },
    })),
    ...(text.leap && {
      leap: { every: text.leap.every, addDays: text.leap.add_days, month: text.leap.month },
    }),
    moons: text.moons.map(({ id, name, cycle_s, offset_s }) => ({
      id,
      name,
      cycleS: cycle_s,
      offsetS: offset_s,
    })),
    epoch: text.epoch,
    startGs: days * DAY_S + hour * 3_600 + minute * 60,
    latitudeDeg: text.latitude_deg,
    axialTiltDeg: text.axial_tilt_deg,
    winterSolsticeDay: text.winter_solstice_day,
  };
}
