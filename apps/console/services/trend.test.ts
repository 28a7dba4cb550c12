import { create } from "@bufbuild/protobuf";
import { SubscriptionLagSchema } from "@orrery/schema/bus/v1";
import { expect, it } from "vitest";
import { createTrends } from "./trend.ts";

const lag = (subscription: string, rate: number, oldestMs: number) =>
  create(SubscriptionLagSchema, { subscription, rate, oldestMs });

it("a service does what its subscriptions do together, and is as late as the latest of them", () => {
  const trends = createTrends(2);
  trends.take([
    lag("weather/aggregate-0", 3, 20),
    lag("weather/aggregate-1", 4, 90),
    lag("journal/keep", 9, 1),
  ]);
  expect(trends.of("weather")).toEqual([{ rate: 7, lateMs: 90 }]);
  expect(trends.of("journal")).toEqual([{ rate: 9, lateMs: 1 }]);
  expect(trends.of("nobody")).toEqual([]);
});

it("what is long past is forgotten", () => {
  const trends = createTrends(2);
  for (const rate of [1, 2, 3]) trends.take([lag("weather/aggregate-0", rate, 0)]);
  expect(trends.of("weather").map(({ rate }) => rate)).toEqual([2, 3]);
});
