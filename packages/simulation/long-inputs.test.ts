import { virtualClock } from "@orrery/bus";
import { expect, it } from "vitest";
import { createLongInputs } from "./long-inputs.ts";

it("counts every input that holds the thread, and tells of a type once a minute, but not of its first, whose code is cold", async () => {
  const clock = virtualClock();
  const counted: string[] = [];
  const told: object[] = [];
  const took = createLongInputs({
    clock,
    metrics: {
      counter:
        () =>
        (_: number, { type }: { type: string }) =>
          void counted.push(type),
    },
    log: { warn: (what: object) => void told.push(what) },
  } as never);
  took("vale", "time.v1.HourChanged", 50);
  expect(counted).toEqual([]);
  took("vale", "time.v1.HourChanged", 60);
  took("vale", "time.v1.HourChanged", 51);
  took("vale", "time.v1.HourChanged", 80);
  took("vale", "constructor", 200.4);
  const hour = "time.v1.HourChanged";
  expect(counted).toEqual([hour, hour, hour, "constructor"]);
  expect(told).toEqual([
    { world: "vale", type: "time.v1.HourChanged", ms: 51 },
    { world: "vale", type: "constructor", ms: 200 },
  ]);
  await clock.advance(60_000);
  took("vale", "time.v1.HourChanged", 70);
  expect(told).toHaveLength(3);
});
