import { IntakeCommitted } from "@orrery/schema/bus/v1";
import { encodeBytes } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import type { Found } from "../journal/read.ts";
import { reachOf } from "./reach.ts";

const WRITER = "weather-manager/vale/s";
const said = (sequence: number) => ({
  id: { publisher: WRITER, sequence },
  type: "weather.v1.WeatherChanged",
});
const record = (intakeSeq: number, first: number, count: number, atGs: number) => ({
  id: { publisher: "weather-manager/vale/i", sequence: intakeSeq },
  type: IntakeCommitted.typeName,
  payload: encodeBytes(IntakeCommitted, {
    service: "weather-manager",
    shard: "weather-manager/vale/aggregate/0",
    intakeSeq,
    atGs,
    emitted: count > 0 ? [{ publisher: WRITER, first, count }] : [],
  }),
});
const reach = (...events: object[]) => reachOf(events as unknown as Found[]).get("weather-manager");

describe("how far a writer has come", () => {
  it("is its last commit of which all has arrived, in whatever order that came", () => {
    expect(reach(said(1), record(1, 1, 1, 3_600), record(2, 2, 2, 7_200), said(2), said(3))).toBe(7_200);
    expect(reach(said(1), record(1, 1, 1, 3_600), record(2, 2, 2, 7_200), said(2))).toBe(3_600);
  });

  it("does not go on behind a commit that is half there", () => {
    expect(reach(record(1, 1, 2, 3_600), said(1), record(2, 3, 0, 7_200))).toBe(Number.NEGATIVE_INFINITY);
  });

  it("takes what was pruned of an old commit for what had arrived", () => {
    expect(reach(record(1, 1, 2, 3_600), said(3), record(2, 3, 1, 7_200))).toBe(7_200);
  });

  it("is as far as the shard that is last, of several", () => {
    const other = (atGs: number) => ({
      ...record(1, 1, 0, atGs),
      payload: encodeBytes(IntakeCommitted, {
        service: "weather-manager",
        shard: "weather-manager/vale/aggregate/1",
        intakeSeq: 1,
        atGs,
      }),
    });
    expect(reach(record(1, 1, 0, 7_200), other(3_600))).toBe(3_600);
    expect(reach(record(1, 1, 1, 3_600), said(1), other(7_200))).toBe(3_600);
  });

  it("is not known of who has recorded nothing", () => {
    expect(reach(said(1))).toBeUndefined();
  });
});
