import { type Almanac, DAY_GS, MINUTE_GS } from "./calendar.ts";

const RADIANS = Math.PI / 180;
const NOON_MINUTE = 720;
const MINUTES_PER_DEGREE = 4;
/** Height of the sun's centre when its rim touches the horizon, refraction included. */
export const SUNRISE_DEG = -0.833;
export const CIVIL_TWILIGHT_DEG = -6;

/**
 * Declination of the sun, degrees: -tilt·cos(2π(day - solstice)/year) with the winter solstice's day of the year. The
 * solstice is the winter of the place: south of the equator the sun stands furthest north then.
 */
export function declination(almanac: Almanac, dayNumber: number): number {
  const { year, dayOfYear } = almanac.dateOf(dayNumber);
  const turn = (dayOfYear - almanac.calendar.winterSolsticeDay) / almanac.yearLength(year);
  const { axialTiltDeg, latitudeDeg } = almanac.calendar;
  return (latitudeDeg < 0 ? axialTiltDeg : -axialTiltDeg) * Math.cos(2 * Math.PI * turn);
}

/**
 * Minutes between solar noon and the moment the sun's centre stands `heightDeg` over the horizon (the sunrise
 * equation): acos((sin h - sin φ sin δ)/(cos φ cos δ)), clamped where the sun stays up or down.
 */
export function halfArcMinutes(latitudeDeg: number, declinationDeg: number, heightDeg: number): number {
  const cosine = hourCosine(latitudeDeg, declinationDeg, heightDeg);
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) / RADIANS) * MINUTES_PER_DEGREE;
}

/** Cosine of the hour angle at which the sun passes a height; beyond 1 it never gets there, beyond -1 never below. */
function hourCosine(latitudeDeg: number, declinationDeg: number, heightDeg: number): number {
  const phi = latitudeDeg * RADIANS;
  const delta = declinationDeg * RADIANS;
  return (
    (Math.sin(heightDeg * RADIANS) - Math.sin(phi) * Math.sin(delta)) / (Math.cos(phi) * Math.cos(delta))
  );
}

/** What the sun does on a day: it rises and sets, or stays below the horizon, or above. */
export function courseOn(almanac: Almanac, dayNumber: number): "rises" | "down" | "up" {
  const cosine = hourCosine(almanac.calendar.latitudeDeg, declination(almanac, dayNumber), SUNRISE_DEG);
  return cosine >= 1 ? "down" : cosine <= -1 ? "up" : "rises";
}

/** Sunrise and sunset of a day, game seconds; nothing when there is none. */
export function sunEdges(
  almanac: Almanac,
  dayNumber: number,
): { sunriseGs: number; sunsetGs: number } | undefined {
  if (courseOn(almanac, dayNumber) !== "rises") return undefined;
  const { rise, set } = sunTimes(almanac, dayNumber, SUNRISE_DEG);
  return { sunriseGs: dayNumber * DAY_GS + rise * MINUTE_GS, sunsetGs: dayNumber * DAY_GS + set * MINUTE_GS };
}

/** When the sun passes a height on a day, in whole minutes of the day. */
export function sunTimes(
  almanac: Almanac,
  dayNumber: number,
  heightDeg: number,
): { rise: number; set: number } {
  const arc = halfArcMinutes(almanac.calendar.latitudeDeg, declination(almanac, dayNumber), heightDeg);
  return { rise: Math.round(NOON_MINUTE - arc), set: Math.round(NOON_MINUTE + arc) };
}

/** Where the sun stands: elevation -90..90, azimuth from north over east 0..360, degrees. */
export function sunPosition(almanac: Almanac, atGs: number): { elevationDeg: number; azimuthDeg: number } {
  const dayNumber = Math.floor(atGs / DAY_GS);
  const minute = (atGs - dayNumber * DAY_GS) / MINUTE_GS;
  const hourAngle = ((minute - NOON_MINUTE) / MINUTES_PER_DEGREE) * RADIANS;
  const phi = almanac.calendar.latitudeDeg * RADIANS;
  const delta = declination(almanac, dayNumber) * RADIANS;
  const sine = Math.sin(phi) * Math.sin(delta) + Math.cos(phi) * Math.cos(delta) * Math.cos(hourAngle);
  const elevation = Math.asin(Math.min(1, Math.max(-1, sine)));
  const azimuth = Math.atan2(
    -Math.cos(delta) * Math.sin(hourAngle),
    Math.sin(delta) * Math.cos(phi) - Math.cos(delta) * Math.sin(phi) * Math.cos(hourAngle),
  );
  return { elevationDeg: elevation / RADIANS, azimuthDeg: (azimuth / RADIANS + 360) % 360 };
}
