import { create } from "@bufbuild/protobuf";
import { RoutineSchema, SeasonKind } from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { type Dated, dayNumberOf, slotAt, slotsOf } from "./day.ts";
import { feastsOn } from "./holidays.ts";

const H = 3_600;
const DAY = 86_400;
const routine = create(RoutineSchema, {
  id: "routine:test",
  days: [
    { holidayTags: ["feast"], slots: [{ fromS: 12 * H, activityId: "activity:feast" }] },
    {
      weekdays: [6],
      seasons: [SeasonKind.WINTER],
      slots: [{ fromS: 9 * H, activityId: "activity:pray" }],
    },
    {
      slots: [
        { fromS: 6 * H, activityId: "activity:work" },
        { fromS: 12 * H, activityId: "activity:eat" },
        { fromS: 21 * H, activityId: "activity:sleep" },
      ],
    },
  ],
});
const plain: Dated = { weekday: 1, season: SeasonKind.SPRING, feasts: [] };
const onTime = () => 0;

describe("a day", () => {
  it("is the first of the routine that fits", () => {
    const first = (dated: Partial<Dated>) =>
      slotsOf(routine, 3, { ...plain, ...dated }, onTime).at(-1)?.activityId;
    expect(first({ feasts: ["feast"] })).toBe("activity:feast");
    expect(first({ weekday: 6, season: SeasonKind.WINTER })).toBe("activity:pray");
    expect(first({ weekday: 6 })).toBe("activity:sleep");
  });

  it("begins at midnight with what was last", () => {
    const slots = slotsOf(routine, 3, plain, onTime);
    expect(
      slots.map(({ activityId, fromGs, untilGs }) => [activityId, fromGs - 3 * DAY, untilGs - 3 * DAY]),
    ).toEqual([
      ["activity:sleep", 0, 6 * H],
      ["activity:work", 6 * H, 12 * H],
      ["activity:eat", 12 * H, 21 * H],
      ["activity:sleep", 21 * H, DAY],
    ]);
    expect(slotAt(slots, 3 * DAY + 13 * H)?.activityId).toBe("activity:eat");
  });

  it("is early or late by 25 minutes at the most, in order all the same, and never out of its day", () => {
    for (const off of [-40, 40, 1, -1]) {
      const slots = slotsOf(routine, -2, plain, () => off);
      expect(slots[1]?.fromGs).toBe(-2 * DAY + 6 * H + Math.max(-1_500, Math.min(1_500, off * 600)));
      slots.forEach(({ fromGs, untilGs }) => expect(untilGs).toBeGreaterThan(fromGs));
      expect(slots.at(-1)?.untilGs).toBe(-DAY);
    }
  });

  it("has its number also before the epoch", () => {
    expect([dayNumberOf(-1), dayNumberOf(0), dayNumberOf(DAY)]).toEqual([-1, 0, 1]);
  });
});

it("has the tags of its holidays, each once", () => {
  const holidays = [
    { rule: { months: [1], days: [1], weekdays: [] }, tags: ["farm", "feast"] },
    { rule: { months: [], days: [], weekdays: [3] }, tags: ["market", "feast"] },
  ] as never;
  expect(feastsOn(holidays, { month: 1, day: 1, weekday: 3 })).toEqual(["farm", "feast", "market"]);
  expect(feastsOn(holidays, { month: 1, day: 2, weekday: 1 })).toEqual([]);
});
