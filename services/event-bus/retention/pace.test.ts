import { describe, expect, it } from "vitest";
import { createPace } from "./pace.ts";

const MINUTE_MS = 60_000;
const DAY_BYTES = 24 * 60;

describe("the journal's pace", () => {
  it("is not known before a minute has passed, and is that of the last hour", () => {
    const pace = createPace();
    expect(pace(0, 1_000)).toEqual({ spanMs: 0, bytesADay: 0 });
    expect(pace(MINUTE_MS - 1, 9_000)).toEqual({ spanMs: 0, bytesADay: 0 });
    expect(pace(MINUTE_MS, 1_001)).toEqual({ spanMs: MINUTE_MS, bytesADay: DAY_BYTES });
    // An hour later what was before counts no more.
    for (let minute = 2; minute <= 120; minute++) pace(minute * MINUTE_MS, 1_001 + 2 * minute);
    expect(pace(121 * MINUTE_MS, 1_243)).toEqual({ spanMs: 60 * MINUTE_MS, bytesADay: 2 * DAY_BYTES });
  });

  it("is none while as much goes as comes", () => {
    const pace = createPace();
    pace(0, 5_000);
    expect(pace(10 * MINUTE_MS, 4_000)).toEqual({ spanMs: 10 * MINUTE_MS, bytesADay: 0 });
  });
});
