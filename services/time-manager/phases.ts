import { Face, Phase } from "@orrery/schema/time/v1";
import { type Almanac, DAY_GS, MINUTE_GS } from "./calendar.ts";
import { CIVIL_TWILIGHT_DEG, courseOn, SUNRISE_DEG, sunTimes } from "./sun.ts";

const AFTER_SUNRISE = 30;
const BEFORE_SUNSET = 30;
const NOON = 660;
const AFTERNOON = 780;
/** Where in the dark between evening and the next dawn night and deep night begin. */
const NIGHT_SHARE = 0.25;
const DEEP_NIGHT_SHARE = 0.6;
const SHORTEST = 10;
const DAY_MINUTES = 1440;

/** The phases in the order of a day, from dawn to dawn. */
export const PHASES = [
  Phase.DAWN,
  Phase.MORNING,
  Phase.NOON,
  Phase.AFTERNOON,
  Phase.DUSK,
  Phase.EVENING,
  Phase.NIGHT,
  Phase.DEEP_NIGHT,
] as const;

/** Minutes of the day, counted from its midnight, at which the eight phases from its dawn on begin. */
export function phaseMinutes(almanac: Almanac, dayNumber: number): readonly number[] {
  const twilight = sunTimes(almanac, dayNumber, CIVIL_TWILIGHT_DEG);
  const sun = sunTimes(almanac, dayNumber, SUNRISE_DEG);
  const nextDawn = DAY_MINUTES + dawnMinute(almanac, dayNumber + 1);
  const dusk = Math.max(sun.set - BEFORE_SUNSET, AFTERNOON + SHORTEST);
  const evening = Math.min(Math.max(twilight.set, dusk + SHORTEST), nextDawn - 3 * SHORTEST);
  const dark = nextDawn - evening;
  const night = Math.max(Math.round(evening + NIGHT_SHARE * dark), evening + SHORTEST);
  const deepNight = Math.min(
    Math.max(Math.round(evening + DEEP_NIGHT_SHARE * dark), night + SHORTEST),
    nextDawn - SHORTEST,
  );
  return [
    dawnMinute(almanac, dayNumber),
    morningMinute(sun.rise),
    NOON,
    AFTERNOON,
    Math.min(dusk, evening - SHORTEST),
    evening,
    night,
    deepNight,
  ];
}

function morningMinute(sunrise: number): number {
  return Math.max(Math.min(sunrise + AFTER_SUNRISE, NOON - SHORTEST), 2 * SHORTEST);
}

function dawnMinute(almanac: Almanac, dayNumber: number): number {
  const civil = sunTimes(almanac, dayNumber, CIVIL_TWILIGHT_DEG).rise;
  const sunrise = sunTimes(almanac, dayNumber, SUNRISE_DEG).rise;
  return Math.max(Math.min(civil, morningMinute(sunrise) - SHORTEST), SHORTEST);
}

/** A phase in time: which one, when it began and when the next begins, game seconds. */
export interface PhaseSpan {
  readonly phase: Phase;
  readonly next: Phase;
  /** Which face of the world shows. */
  readonly face: Face;
  readonly startGs: number;
  readonly endGs: number;
}

export interface PhaseTable {
  at(atGs: number): PhaseSpan;
  /** When the face that shows at an instant gives way, game seconds; at most some years later. */
  faceEndsGs(atGs: number): number;
}

const KEPT_DAYS = 16;
/** Where the sun stays down or up for the better part of a year, a face lasts as long; never longer than this. */
const LONGEST_FACE_GS = 800 * DAY_GS;

export function phaseTable(almanac: Almanac): PhaseTable {
  const kept = new Map<number, readonly number[]>();
  const courses = new Map<number, ReturnType<typeof courseOn>>();
  /** The face that was asked for last. */
  let shown = { fromGs: Number.POSITIVE_INFINITY, endGs: Number.NEGATIVE_INFINITY };

  /** From the dawn of a day to the next: the sun's course decides, and where it rises the phase. */
  function faceIn(dayNumber: number, phase: Phase): Face {
    let course = courses.get(dayNumber);
    if (course === undefined) {
      course = courseOn(almanac, dayNumber);
      if (courses.size >= KEPT_DAYS) courses.clear();
      courses.set(dayNumber, course);
    }
    if (course !== "rises") return course === "up" ? Face.DAY : Face.NIGHT;
    return phase >= Phase.MORNING && phase <= Phase.DUSK ? Face.DAY : Face.NIGHT;
  }

  const startsOf = (dayNumber: number) => {
    const known = kept.get(dayNumber);
    if (known !== undefined) return known;
    const starts = phaseMinutes(almanac, dayNumber).map((minute) => dayNumber * DAY_GS + minute * MINUTE_GS);
    if (kept.size >= KEPT_DAYS) kept.clear();
    kept.set(dayNumber, starts);
    return starts;
  };
  const table: PhaseTable = {
    at(atGs) {
      let day = Math.floor(atGs / DAY_GS);
      if ((startsOf(day)[0] as number) > atGs) day -= 1;
      const starts = startsOf(day);
      let index = PHASES.length - 1;
      while ((starts[index] as number) > atGs) index -= 1;
      const endGs = starts[index + 1] ?? (startsOf(day + 1)[0] as number);
      const phase = PHASES[index] as Phase;
      return {
        phase,
        next: PHASES[(index + 1) % PHASES.length] as Phase,
        face: faceIn(day, phase),
        startGs: starts[index] as number,
        endGs,
      };
    },
    faceEndsGs(atGs) {
      if (atGs >= shown.fromGs && atGs < shown.endGs) return shown.endGs;
      let span = table.at(atGs);
      const { face } = span;
      while (span.face === face && span.endGs - atGs < LONGEST_FACE_GS) span = table.at(span.endGs);
      shown = { fromGs: atGs, endGs: span.startGs };
      return shown.endGs;
    },
  };
  return table;
}
