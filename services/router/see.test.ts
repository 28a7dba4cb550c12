import type { Delivered } from "@orrery/bus";
import { HourChanged, PhaseChanged } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { type Codec, encodeBytes, type InitOf } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { interestOf, concerns } from "./interest.ts";
import { see } from "./see.ts";
import type { SeenEvent } from "./seen-event.ts";

function delivered<C extends Codec>(codec: C, event: InitOf<C>): Delivered {
  return {
    type: codec.typeName,
    key: "",
    publisher: "p",
    sequence: 1,
    timeMs: 1,
    world: "w",
    source: "s",
    lane: "standard",
    cause: undefined,
    payload: encodeBytes(codec, event),
  } as unknown as Delivered;
}
const looking = (regionIds: string[]) =>
  interestOf(
    {
      $typeName: "router.v1.Subscribe",
      id: "s",
      regionIds,
      entityIds: [],
      types: [],
      allRegions: false,
      withoutWorld: false,
    },
    [],
  );

describe("what clients may know of an event", () => {
  it("goes to those who look at its region, without its server-only fields", () => {
    const seen = see(
      delivered(WeatherChanged, { regionId: "region:mill", temperatureC: 4, systemId: "low-1" }),
    ) as SeenEvent;
    expect(seen.audience).toEqual({ to: "region", region: "region:mill" });
    expect(concerns(looking(["region:mill"]), seen)).toBe(true);
    expect(concerns(looking(["region:moor"]), seen)).toBe(false);
    expect(WeatherChanged.decode(seen.payload)).toMatchObject({ temperatureC: 4 });
    expect(WeatherChanged.decode(seen.payload).systemId).toBeUndefined();
  });

  it("goes to the whole world when it concerns the whole world", () => {
    expect(see(delivered(PhaseChanged, {}))?.audience).toEqual({ to: "world" });
  });

  it("is nothing when it is for services alone", () => {
    expect(see(delivered(HourChanged, {}))).toBeUndefined();
  });
});
