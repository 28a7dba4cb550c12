import { describe, expect, it } from "vitest";
import { DayChanged, HourChanged } from "@orrery/schema/time/v1";
import { defineService } from "./define.ts";
import type { Part } from "./kit.ts";
import { checkWiring } from "./wiring.ts";

const part = (publishes: Part["publishes"], subscribes: string[]): Part => ({
  name: "p",
  publishes,
  subscribes,
  start: () => Promise.reject(new Error("never started")),
});
const service = (id: string, publishes: Part["publishes"], subscribes: string[]) =>
  defineService({ id, summary: "", parts: [part(publishes, subscribes)] });

describe("what services say and hear", () => {
  it("fits together", () => {
    const { unheard } = checkWiring(
      [
        service("time-manager", [HourChanged, DayChanged], []),
        service("tide-manager", [], ["time.v1.HourChanged"]),
      ],
      [],
    );
    expect(unheard).toEqual(["time.v1.DayChanged"]);
  });

  it("stops the start when somebody listens for what nobody says", () => {
    expect(() => checkWiring([service("tide-manager", [], ["time.v1.HourChanged"])], [])).toThrow(
      /SERVICE_UNPUBLISHED_TYPE.*tide-manager.*time\.v1\.HourChanged/,
    );
  });

  it("stops the start when two services have one id", () => {
    expect(() => checkWiring([service("tide-manager", [], []), service("tide-manager", [], [])], [])).toThrow(
      /SERVICE_DUPLICATE/,
    );
  });

  it("knows no id that is not kebab-case", () => {
    expect(() => service("TideManager", [], [])).toThrow(/SERVICE_ID_INVALID/);
  });
});
