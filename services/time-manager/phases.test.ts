import fc from "fast-check";
import { readPack } from "@orrery/pack";
import { Phase } from "@orrery/schema/time/v1";
import type { Calendar } from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { almanacOf, DAY_GS, MINUTE_GS } from "./calendar.ts";
import { faceOf, PHASES, phaseTable } from "./phases.ts";
import { SUNRISE_DEG, sunTimes } from "./sun.ts";
import { valleyCalendar } from "./testing.ts";

const HOLLOWMERE = new URL("../../worlds/hollowmere", import.meta.url).pathname;
const SHORTEST_GS = 10 * MINUTE_GS;

/** Every phase from the one that holds `fromGs` on, for so many days. */
function walk(calendar: Calendar, fromGs: number, days: number) {
  const table = phaseTable(almanacOf(calendar));
  const spans = [table.at(fromGs)];
  for (let at = spans[0]!.endGs; at < fromGs + days * DAY_GS; ) {
    const span = table.at(at);
    expect(span.startGs).toBe(at);
    spans.push(span);
    at = span.endGs;
  }
  return spans;
}

function inOrder(spans: ReturnType<typeof walk>): void {
  for (const [i, span] of spans.entries()) {
    expect(span.endGs - span.startGs).toBeGreaterThanOrEqual(SHORTEST_GS);
    expect(Number.isInteger(span.startGs / MINUTE_GS)).toBe(true);
    const next = spans[i + 1];
    if (next !== undefined) expect(next.phase).toBe(PHASES[(PHASES.indexOf(span.phase as never) + 1) % 8]);
  }
}

const clockOf = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

describe("a year of Hollowmere", async () => {
  const { pack } = await readPack(HOLLOWMERE);
  const calendar = pack.calendar as Calendar;
  const almanac = almanacOf(calendar);
  const days = almanac.yearLength(calendar.epoch!.year);

  it("has its eight phases once a day and in order, two changes of face among them", () => {
    const spans = walk(calendar, 0, days);
    inOrder(spans);
    for (let day = 1; day < days - 1; day++) {
      const began = spans.filter(({ startGs }) => Math.floor(startGs / DAY_GS) === day);
      const of = (phase: Phase) => began.filter((span) => span.phase === phase).length;
      for (const phase of PHASES.slice(0, 6)) expect(of(phase), `day ${day}`).toBe(1);
      const turns = began.filter((span) => faceOf(span.phase) !== faceOf(span.next));
      expect(turns).toHaveLength(2);
    }
  });

  it("sees the sun before 04:45 at midsummer and after 07:30 at midwinter", () => {
    const solstice = calendar.winterSolsticeDay - 1;
    const rise = (day: number) => clockOf(sunTimes(almanac, day, SUNRISE_DEG).rise);
    expect(rise(solstice - days / 2) < "04:45").toBe(true);
    expect(rise(solstice) > "07:30").toBe(true);
    const all = Array.from({ length: days }, (_, day) => rise(day)).sort();
    expect([all[0], all.at(-1)]).toEqual([rise(solstice - days / 2), rise(solstice)]);
  });
});

it("any sky that a pack may have gives every day its eight phases in order, none shorter than ten minutes", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -66, max: 66, noNaN: true }),
      fc.double({ min: 0, max: 45, noNaN: true }),
      fc.integer({ min: 1, max: 360 }),
      fc.integer({ min: -1_000, max: 100_000 }),
      (latitudeDeg, axialTiltDeg, winterSolsticeDay, day) => {
        const calendar = { ...valleyCalendar(), latitudeDeg, axialTiltDeg, winterSolsticeDay };
        inOrder(walk(calendar, day * DAY_GS, 20));
      },
    ),
    { numRuns: 150 },
  );
});
