import { create } from "@bufbuild/protobuf";
import {
  AlertKind,
  AlertLevel,
  AlertStage,
  Condition,
  GroundSchema,
  RegionWeatherSchema,
  SkySchema,
} from "@orrery/schema/weather/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeAlerts } from "./alerts.ts";
import { dangersOf } from "./danger.ts";
import { hollowmereModel } from "./hollowmere.testing.ts";
import type { Outlooks } from "./watch.ts";

const dangers = dangersOf(await hollowmereModel());
const NOTHING: Outlooks = new Map();
const gale = (probability: number): Outlooks =>
  new Map([[AlertKind.GALE, { probability, expectedGs: 7_200 }]]);

function region(windKmh = 10) {
  const sky = { condition: Condition.CLOUDY, windKmh, feelsLikeC: 10, visibilityM: 10_000, temperatureC: 10 };
  return create(RegionWeatherSchema, {
    regionId: "region:mill-vale",
    shown: create(SkySchema, sky),
    ground: create(GroundSchema),
  });
}

function play(steps: readonly (readonly [number, Outlooks])[]) {
  const here = region();
  return steps.flatMap(([wind, outlooks], hour) => {
    here.shown!.windKmh = wind;
    return changeAlerts(here, dangers, outlooks, hour * 3_600).map(({ stage, level, prevLevel }) => [
      stage,
      prevLevel,
      level,
    ]);
  });
}

const { WATCH, ADVISORY, WARNING, EMERGENCY, UNSPECIFIED } = AlertLevel;
const S = AlertStage;

describe("alerts", () => {
  it("begin, rise, fall and end on edges only, with 10 % of slack on the way down", () => {
    expect(
      play([
        [61, NOTHING],
        [63, NOTHING],
        [70, NOTHING],
        [101, NOTHING],
        [91, NOTHING],
        [74, NOTHING],
        [57, NOTHING],
        [55, NOTHING],
      ]),
    ).toEqual([
      [S.ONSET, UNSPECIFIED, ADVISORY],
      [S.RAISED, ADVISORY, EMERGENCY],
      [S.EASED, EMERGENCY, WARNING],
      [S.EASED, WARNING, ADVISORY],
      [S.ENDED, ADVISORY, UNSPECIFIED],
    ]);
  });

  it("a watch becomes an onset, or ends when it is no longer likely", () => {
    expect(
      play([
        [20, gale(0.5)],
        [20, gale(0.7)],
        [20, gale(0.4)],
        [65, gale(0.9)],
        [20, gale(0.9)],
        [20, gale(0.9)],
        [20, gale(0.1)],
      ]),
    ).toEqual([
      [S.WATCH, UNSPECIFIED, WATCH],
      [S.ONSET, WATCH, ADVISORY],
      [S.ENDED, ADVISORY, UNSPECIFIED],
      [S.WATCH, UNSPECIFIED, WATCH],
      [S.ENDED, WATCH, UNSPECIFIED],
    ]);
  });

  it("are one a kind, and each onset has one end, whatever the wind does", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 130, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
          { maxLength: 60 },
        ),
        (hours) => {
          const here = region();
          let open = false;
          let level: AlertLevel = UNSPECIFIED;
          for (const [wind, probability] of hours) {
            here.shown!.windKmh = wind;
            for (const told of changeAlerts(here, dangers, gale(probability), 0)) {
              expect(told.prevLevel).toBe(level);
              if (told.stage === S.ONSET) expect(open).toBe(false);
              if (told.stage === S.RAISED) expect(told.level).toBeGreaterThan(level as number);
              if (told.stage === S.EASED) expect(told.level).toBeLessThan(level as number);
              open = told.stage === S.ONSET || (open && told.stage !== S.ENDED);
              level = told.level!;
            }
            expect(here.alerts.filter(({ kind }) => kind === AlertKind.GALE).length).toBeLessThanOrEqual(1);
          }
        },
      ),
      { seed: 62 },
    );
  });
});
