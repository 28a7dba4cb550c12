import { create } from "@bufbuild/protobuf";
import {
  DescribeRequestSchema,
  ScheduleTimerRequestSchema,
  SkipToRequestSchema,
} from "@orrery/schema/time/v1";
import { describe, expect, it } from "vitest";
import { checkTimes } from "./times.ts";

const MOST = Number.MAX_SAFE_INTEGER;

describe("the times of a request", () => {
  it("pass up to 2^53 - 1 on either side of the epoch", () => {
    const request = create(DescribeRequestSchema, { atGs: [0, -1, 0.5, MOST, -MOST] });
    expect(() => checkTimes(DescribeRequestSchema, request)).not.toThrow();
  });

  it.each([2 ** 53, -1e300, Number.NaN, Number.POSITIVE_INFINITY])("are refused at %s, by name", (atGs) => {
    const request = create(DescribeRequestSchema, { atGs: [60, atGs] });
    expect(() => checkTimes(DescribeRequestSchema, request)).toThrow(/RPC_FIELD_INVALID.*at_gs/);
  });

  it("are found in a oneof and in messages within", () => {
    const skip = create(SkipToRequestSchema, { target: { case: "toGs", value: 1e20 } });
    expect(() => checkTimes(SkipToRequestSchema, skip)).toThrow(/to_gs/);
    const timer = create(ScheduleTimerRequestSchema, { timer: { timerId: "t", untilGs: Number.NaN } });
    expect(() => checkTimes(ScheduleTimerRequestSchema, timer)).toThrow(/until_gs/);
  });
});
