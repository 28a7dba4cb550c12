import fc from "fast-check";
import { testWorld } from "@orrery/simulation/testing";
import {
  AdvanceToRequest,
  AdvanceToResponse,
  DayChanged,
  EdgeKind,
  HourChanged,
  MoonPhaseChanged,
  PhaseChanged,
  SeasonChanged,
  YearChanged,
} from "@orrery/schema/time/v1";
import { pageAsked } from "@orrery/service";
import { expect, it } from "vitest";
import { clock } from "./clock.ts";
import { listEdges } from "./list-edges.ts";
import { skyFor } from "./sky.ts";
import { valleyCalendar } from "./testing.ts";

const DAY = 86_400;
const START = 7 * 3_600;
const SAID = [
  [EdgeKind.YEAR, YearChanged],
  [EdgeKind.SEASON, SeasonChanged],
  [EdgeKind.MOON, MoonPhaseChanged],
  [EdgeKind.DAY, DayChanged],
  [EdgeKind.HOUR, HourChanged],
  [EdgeKind.PHASE, PhaseChanged],
] as const;

it("foretells exactly what the clock then says, page by page, of all kinds or some", () => {
  const toGs = START + 400 * DAY;
  const pack = { calendar: valleyCalendar() };
  const world = testWorld(clock, { worldId: "vale", rate: 3_600, pack }, "time-manager");
  world.run(AdvanceToRequest, AdvanceToResponse, { toGs });
  const said = new Map(
    SAID.map(([kind, type]) => [kind, world.emitted(type).map(({ event }) => event.atGs)]),
  );
  const sky = skyFor(valleyCalendar());
  fc.assert(
    fc.property(
      fc.subarray([...said.keys()], { minLength: 1 }),
      fc.integer({ min: START, max: START + 395 * DAY }),
      fc.integer({ min: 1, max: 60 }),
      (kinds, fromGs, pageSize) => {
        const untilGs = fromGs + 4 * DAY;
        const told: (readonly [EdgeKind, number])[] = [];
        for (let pageToken = "", pages = 0; pages < 4_000; pages++) {
          const asked = pageAsked({ pageSize, pageToken }, kinds, ["number", "number", "number"]);
          const page = listEdges(sky, fromGs, kinds, asked);
          told.push(...page.edges.map(({ kind, at }) => [kind, at.atGs] as const));
          pageToken = page.nextPageToken ?? "";
          expect(page.edges.length).toBeLessThanOrEqual(pageSize);
          if (pageToken === "" || (told.at(-1)?.[1] ?? 0) > untilGs) break;
        }
        for (const kind of kinds) {
          const expected = said.get(kind)!.filter((atGs) => atGs > fromGs && atGs <= untilGs);
          const found = told.filter(([of, atGs]) => of === kind && atGs <= untilGs).map(([, atGs]) => atGs);
          expect(found).toEqual(expected);
        }
      },
    ),
    { numRuns: 60 },
  );
});

it("ends: a usual loop over the pages comes to an empty token after 800 days", () => {
  const sky = skyFor(valleyCalendar());
  let [pageToken, count, lastGs] = ["", 0, 0];
  do {
    const asked = pageAsked({ pageSize: 500, pageToken }, "days", ["number", "number", "number"]);
    const page = listEdges(sky, START, [EdgeKind.DAY], asked);
    count += page.edges.length;
    lastGs = page.edges.at(-1)?.at.atGs ?? lastGs;
    pageToken = page.nextPageToken ?? "";
  } while (pageToken !== "");
  expect(count).toBe(800);
  expect(lastGs).toBeLessThanOrEqual(START + 800 * DAY);
});
