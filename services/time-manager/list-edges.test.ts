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
          const page = listEdges(sky, { fromGs, kinds, pageSize, pageToken });
          told.push(...page.edges.map(({ kind, at }) => [kind, at.atGs] as const));
          pageToken = page.nextPageToken;
          expect(page.edges.length).toBeLessThanOrEqual(pageSize);
          if (parseInt(pageToken) > untilGs) break;
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
