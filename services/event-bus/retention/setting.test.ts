import { readConfig } from "@orrery/service";
import { describe, expect, it } from "vitest";
import { config } from "../config.ts";

const read = (text: string) => readConfig("event-bus", config, { EVENT_BUS_RETENTION: text }).retention;

describe("the setting of retention", () => {
  it("names types and how long they are kept", () => {
    expect([...read("")]).toEqual([]);
    expect([
      ...read(
        "time.v1.TimeUpdated=game_days:2, bus.v1.IntakeCommitted=forever,\ntime.v1.HourChanged=days:30,world.v1.PackRevised=latest:1,",
      ),
    ]).toEqual([
      ["time.v1.TimeUpdated", { kind: "game_days", days: 2 }],
      ["bus.v1.IntakeCommitted", { kind: "forever" }],
      ["time.v1.HourChanged", { kind: "days", days: 30 }],
      ["world.v1.PackRevised", { kind: "latest", count: 1 }],
    ]);
  });

  it.each([
    ["time.v1.HourChange=forever", /no event time\.v1\.HourChange/],
    // A message, but no event.
    ["time.v1.Instant=forever", /no event time\.v1\.Instant/],
    ["constructor=forever", /no event constructor/],
    ["time.v1.HourChanged", /is not <type>=/],
    ["time.v1.HourChanged=days:7=8", /is not <type>=/],
    ["time.v1.HourChanged=days:0", /from 1 to/],
    ["time.v1.HourChanged=days:-1", /give forever/],
    ["time.v1.HourChanged=days:1.5", /give forever/],
    ["time.v1.HourChanged=days:99999999999", /from 1 to/],
    ["time.v1.HourChanged=7 days", /give forever/],
    ["time.v1.HourChanged=forever,time.v1.HourChanged=days:1", /stands twice/],
    ["bus.v1.DeadLettered=game_days:7", /DeadLettered.*no field at_gs/],
  ])("is refused where it would hold for nothing: %s", (text, why) => {
    expect(() => read(text)).toThrow(why);
    expect(() => read(text)).toThrow(/SERVICE_CONFIG_INVALID.*EVENT_BUS_RETENTION/);
  });
});
