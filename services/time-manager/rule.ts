import type { Rule } from "@orrery/schema/time/v1";
import { OrreryError } from "@orrery/wire";
import { DAY_GS, HOUR_GS, MINUTE_GS } from "./calendar.ts";
import { timeErrors } from "./errors.ts";
import { moonSpan } from "./moons.ts";
import { seasonSpan } from "./seasons.ts";
import type { Sky } from "./sky.ts";

const HORIZON_YEARS = 20;
const SHORTEST_STEP_S = 60;

/**
 * Holds a rule against the calendar.
 * @throws TIME_RULE_INVALID with the field
 */
export function checkRule(sky: Sky, rule: Rule): void {
  const { calendar } = sky.almanac;
  const longestMonth =
    Math.max(...calendar.months.map((month) => month.days)) + (calendar.leap?.addDays ?? 0);
  const sets = setsOf(rule);
  const refuse = (field: string, why: string) => {
    throw new OrreryError(timeErrors.TIME_RULE_INVALID, { given: `${field}: ${why}` });
  };
  if (rule.everyS !== 0) {
    if (!(rule.everyS >= SHORTEST_STEP_S) || !Number.isInteger(rule.everyS))
      refuse("every_s", `${rule.everyS}, at least 60 and whole`);
    if (sets.some(([, values]) => values.length > 0)) refuse("every_s", "excludes calendar fields");
    return;
  }
  const ranges: Readonly<Record<string, readonly [number, number]>> = {
    minutes: [0, 59],
    hours: [0, 23],
    days: [1, longestMonth],
    months: [1, calendar.months.length],
    weekdays: [1, calendar.weekdays.length],
    phases: [1, 8],
    seasons: [1, 4],
    moon_phases: [1, 8],
  };
  for (const [field, values] of sets) {
    const [least, most] = ranges[field] as readonly [number, number];
    const strange = values.find((value) => value < least || value > most);
    if (strange !== undefined) refuse(field, `${strange} is not in ${least}..${most}`);
  }
  if (sets.every(([, values]) => values.length === 0))
    refuse("rule", "names neither every_s nor a calendar field");
}

function setsOf(rule: Rule): readonly (readonly [string, readonly number[]])[] {
  return [
    ["minutes", rule.minutes],
    ["hours", rule.hours],
    ["days", rule.days],
    ["months", rule.months],
    ["weekdays", rule.weekdays],
    ["phases", rule.phases],
    ["seasons", rule.seasons],
    ["moon_phases", rule.moonPhases],
  ];
}

const among = (set: readonly number[], value: number) => set.length === 0 || set.includes(value);

/**
 * The first instant at or after `fromGs` that fits. A rule without minutes means the start of its coarsest
 * field: of the hour, of the day, or of the phase where it names one.
 * @throws TIME_RULE_NEVER when the next 20 years have none
 */
export function nextDue(sky: Sky, rule: Rule, fromGs: number, anchorGs = fromGs): number {
  if (rule.everyS > 0) {
    const steps = Math.max(0, Math.ceil((fromGs - anchorGs) / rule.everyS));
    return anchorGs + steps * rule.everyS;
  }
  const { almanac } = sky;
  const firstDay = Math.floor(fromGs / DAY_GS);
  const lastDay = firstDay + HORIZON_YEARS * almanac.yearLength(almanac.dateOf(firstDay).year);
  for (let day = firstDay; day <= lastDay; day++) {
    const date = almanac.dateOf(day);
    const atGs = day * DAY_GS;
    if (!among(rule.months, date.month) || !among(rule.days, date.day) || !among(rule.weekdays, date.weekday))
      continue;
    if (!among(rule.seasons, seasonSpan(almanac, atGs).season)) continue;
    const found =
      rule.phases.length > 0 ? inPhases(sky, rule, atGs, fromGs) : inHours(sky, rule, atGs, fromGs);
    if (found !== undefined) return found;
  }
  throw new OrreryError(timeErrors.TIME_RULE_NEVER, { given: `from ${fromGs} gs` });
}

function moonFits(sky: Sky, rule: Rule, atGs: number): boolean {
  const moon = sky.moons[0];
  return (
    rule.moonPhases.length === 0 ||
    (moon !== undefined && rule.moonPhases.includes(moonSpan(moon, atGs).phase))
  );
}

/** Without hours and minutes: the starts of the phases of that day; with them: the instants inside them. */
function inPhases(sky: Sky, rule: Rule, dayGs: number, fromGs: number): number | undefined {
  const dayEnd = dayGs + DAY_GS;
  for (let span = sky.phases.at(dayGs); span.startGs < dayEnd; span = sky.phases.at(span.endGs)) {
    if (!rule.phases.includes(span.phase)) continue;
    if (rule.hours.length > 0 || rule.minutes.length > 0) {
      const found = inHours(sky, rule, dayGs, Math.max(fromGs, span.startGs));
      if (found !== undefined && found < span.endGs) return found;
    } else if (span.startGs >= dayGs && span.startGs >= fromGs && moonFits(sky, rule, span.startGs)) {
      return span.startGs;
    }
  }
  return undefined;
}

function inHours(sky: Sky, rule: Rule, dayGs: number, fromGs: number): number | undefined {
  const hours = rule.hours.length > 0 ? sorted(rule.hours) : rule.minutes.length > 0 ? ALL_HOURS : [0];
  const minutes = rule.minutes.length > 0 ? sorted(rule.minutes) : [0];
  for (const hour of hours) {
    for (const minute of minutes) {
      const atGs = dayGs + hour * HOUR_GS + minute * MINUTE_GS;
      if (atGs >= fromGs && moonFits(sky, rule, atGs)) return atGs;
    }
  }
  return undefined;
}

const ALL_HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const sorted = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
