import type { Calendar } from "@orrery/schema/world/v1";
import type { Light } from "./relief.ts";

const RADIANS = Math.PI / 180;
const DAY_GS = 86_400;

/** Where the sun stands, by time-manager's own formulas (declination from tilt and solstice, noon at 12:00). */
export function sunAt(calendar: Calendar, dayOfYear: number, atGs: number): Light {
  const year = calendar.months.reduce((sum, { days }) => sum + days, 0);
  const second = ((atGs % DAY_GS) + DAY_GS) % DAY_GS;
  const hourAngle = (second / DAY_GS - 0.5) * 2 * Math.PI;
  const delta =
    (calendar.latitudeDeg < 0 ? calendar.axialTiltDeg : -calendar.axialTiltDeg) *
    Math.cos((2 * Math.PI * (dayOfYear - calendar.winterSolsticeDay)) / year) *
    RADIANS;
  const phi = calendar.latitudeDeg * RADIANS;
  const height = Math.asin(
    Math.sin(phi) * Math.sin(delta) + Math.cos(phi) * Math.cos(delta) * Math.cos(hourAngle),
  );
  const azimuth = Math.atan2(
    -Math.cos(delta) * Math.sin(hourAngle),
    Math.sin(delta) * Math.cos(phi) - Math.cos(delta) * Math.sin(phi) * Math.cos(hourAngle),
  );
  return { elevationDeg: height / RADIANS, azimuthDeg: (azimuth / RADIANS + 360) % 360 };
}

/** Day of the year, from 1, without leap days: exact enough to light a map. */
export function dayOfYearAt(calendar: Calendar, atGs: number): number {
  const year = calendar.months.reduce((sum, { days }) => sum + days, 0);
  const epochMonth = calendar.epoch?.month ?? 1;
  const before =
    calendar.months.slice(0, epochMonth - 1).reduce((sum, { days }) => sum + days, 0) +
    (calendar.epoch?.day ?? 1) -
    1;
  return ((((Math.floor(atGs / DAY_GS) + before) % year) + year) % year) + 1;
}
