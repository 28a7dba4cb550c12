import { packErrors } from "../errors.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Path, Report } from "../problem.ts";

/** Dates exist, seasons follow each other within the year. */
export function checkCalendar(parts: Parts, files: PartFiles, report: Report): void {
  const { months, weekdays, seasons, holidays, epoch, start, leap, winter_solstice_day } = parts.calendar;
  const yearDays = months.reduce((sum, month) => sum + month.days, 0);
  const wrong = (path: Path, message: string) =>
    report.add(packErrors.PACK_CALENDAR, files.calendar, path, message);

  /** With its leap days, in the years that have them. */
  const monthDays = (year: number, month: number) => {
    const days = months[month - 1]?.days;
    const isLeap = leap !== undefined && leap.month === month && year % leap.every === 0;
    return days !== undefined && isLeap ? days + leap.add_days : days;
  };
  const date = (path: string, { year, month, day }: { year: number; month: number; day: number }) => {
    const days = monthDays(year, month);
    if (days === undefined)
      wrong([path, "month"], `${path}: the year has ${months.length} months, not ${month}`);
    else if (day > days)
      wrong([path, "day"], `${path}: month ${month} of year ${year} has ${days} days, not ${day}`);
  };
  date("epoch", epoch);
  date("start", start);
  if (leap !== undefined && leap.month > months.length)
    wrong(["leap", "month"], `the year has ${months.length} months, not ${leap.month}`);
  const leapYearDays = yearDays + (leap?.add_days ?? 0);
  if (winter_solstice_day > leapYearDays)
    wrong(["winter_solstice_day"], `the longest year has ${leapYearDays} days, not ${winter_solstice_day}`);
  seasons.forEach(({ name, start_day }, i) => {
    const path = ["seasons", i, "start_day"];
    if (start_day > yearDays) wrong(path, `${name} starts on day ${start_day} of a year of ${yearDays} days`);
    if (i > 0 && start_day <= (seasons[i - 1]?.start_day ?? 0))
      wrong(path, `${name} starts before the season that it follows`);
  });
  // A leap year: it has every date that there is.
  const longest = Math.max(...months.map((_, i) => monthDays(0, i + 1) ?? 0));
  holidays.forEach((holiday, i) => {
    const limits = [
      ["months", months.length],
      ["days", longest],
      ["weekdays", weekdays.length],
    ] as const;
    for (const [set, most] of limits) {
      holiday[set].forEach((value, j) => {
        if (value > most)
          wrong(["holidays", i, set, j], `${holiday.name}: ${set} go up to ${most}, not ${value}`);
      });
    }
  });
}
