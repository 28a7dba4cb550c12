import fc from "fast-check";
import { readPack } from "@orrery/pack";
import { Face, Phase } from "@orrery/schema/time/v1";
import type { Calendar } from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { almanacOf, DAY_GS, MINUTE_GS } from "./calendar.ts";
import { PHASES, phaseTable } from "./phases.ts";
import { skyOf } from "./sky.ts";
import { SUNRISE_DEG, sunEdges, sunPosition, sunTimes } from "./sun.ts";
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
    const phases = phaseTable(almanac);
    inOrder(spans);
    for (let day = 1; day < days - 1; day++) {
      const began = spans.filter(({ startGs }) => Math.floor(startGs / DAY_GS) === day);
      const of = (phase: Phase) => began.filter((span) => span.phase === phase).length;
      for (const phase of PHASES.slice(0, 6)) expect(of(phase), `day ${day}`).toBe(1);
      const turns = began.filter((span) => span.face !== phases.at(span.endGs).face);
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

describe("south of the equator", () => {
  const calendar = { ...valleyCalendar(), latitudeDeg: -47 };
  const [south, north] = [almanacOf(calendar), almanacOf(valleyCalendar())];
  const noon = (almanac: typeof south, day: number) => sunPosition(almanac, day * DAY_GS + 43_200);

  it("the sun is as low and as late at the winter solstice as in the north, and as high half a year later", () => {
    const winter = calendar.winterSolsticeDay - 1;
    for (const day of [winter, winter + 90, winter + 180, winter + 270]) {
      expect(sunTimes(south, day, SUNRISE_DEG)).toEqual(sunTimes(north, day, SUNRISE_DEG));
      expect(noon(south, day).elevationDeg).toBeCloseTo(noon(north, day).elevationDeg, 6);
      expect([noon(south, day).azimuthDeg, noon(north, day).azimuthDeg]).toEqual([0, 180]);
    }
    expect(noon(south, winter).elevationDeg).toBeCloseTo(19.5, 1);
    expect(noon(south, winter + 180).elevationDeg).toBeCloseTo(66.5, 1);
  });
});

describe("where the sun stays down in winter and up in summer", () => {
  const calendar = { ...valleyCalendar(), latitudeDeg: 66, axialTiltDeg: 45 };
  const sky = skyOf(calendar);
  const winter = calendar.winterSolsticeDay - 1;

  it("no day is activated in the dark and no night in the light, and none has a sunrise", () => {
    for (const [day, face] of [
      [winter, Face.NIGHT],
      [winter + 180, Face.DAY],
    ] as const) {
      const spans = walk(calendar, day * DAY_GS, 1);
      expect(new Set(spans.map((span) => span.face))).toEqual(new Set([face]));
      expect(sunEdges(sky.almanac, day)).toBeUndefined();
      expect(sky.phases.faceEndsGs(day * DAY_GS) - day * DAY_GS).toBeGreaterThan(20 * DAY_GS);
    }
    expect(sunEdges(sky.almanac, winter + 90)).toBeDefined();
  });

  it("the faces follow each other all the same over a year", () => {
    const faces = walk(calendar, 0, 360).map(({ face }) => face);
    const turns = faces.filter((face, i) => i > 0 && face !== faces[i - 1]);
    expect(turns.length).toBeGreaterThan(100);
    expect(turns.every((face, i) => i === 0 || face !== turns[i - 1])).toBe(true);
  });
});
