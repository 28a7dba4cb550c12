import { HourChanged, PhaseChanged } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { type Codec, createFrameWriter, encodeBytes, type InitOf, openFrame } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { interestOf, concerns } from "./interest.ts";
import { seeFrame } from "./see.ts";
import type { SeenEvent } from "./seen-event.ts";
import { asks } from "./testing.ts";

const head = {
  publisher: "p",
  source: "s",
  world: "w",
  lane: "standard",
  fingerprint: "0000000000000000",
  firstSequence: 1,
} as const;

/** What is seen of one event that travels as protobuf, or as JSON. */
function seen<C extends Codec>(codec: C, event: InitOf<C>, contentType: "protobuf" | "json" = "protobuf") {
  const writer = createFrameWriter({ ...head, contentType });
  if (contentType === "protobuf")
    writer.appendRaw(codec.typeName, encodeBytes(codec, event as object), { timeMs: 1 });
  else writer.appendRaw(codec.typeName, Buffer.from(JSON.stringify(event)), { timeMs: 1 });
  return seeFrame(openFrame(writer.finish()), { warn: (about: object) => void warned.push(about) } as never);
}
let warned: object[] = [];
const looking = (regionIds: string[]) => interestOf(asks({ regionIds }), []);

describe("what clients may know of an event", () => {
  it("goes to those who look at its region, without its server-only fields", () => {
    const weather = { regionId: "region:mill", temperatureC: 4, systemId: "low-1" };
    const [event] = seen(WeatherChanged, weather) as [SeenEvent];
    expect(event.audience).toEqual({ to: "region", region: "region:mill" });
    expect(concerns(looking(["region:mill"]), event)).toBe(true);
    expect(concerns(looking(["region:moor"]), event)).toBe(false);
    expect(WeatherChanged.decode(event.payload)).toMatchObject({ temperatureC: 4 });
    expect(WeatherChanged.decode(event.payload).systemId).toBeUndefined();
  });

  it("is the same, as protobuf, when it travelled as JSON", () => {
    const weather = { regionId: "region:mill", temperatureC: 4, systemId: "low-1" };
    const [event] = seen(WeatherChanged, weather, "json") as [SeenEvent];
    expect(event.audience).toEqual({ to: "region", region: "region:mill" });
    expect(WeatherChanged.decode(event.payload)).toMatchObject({ temperatureC: 4 });
    expect(WeatherChanged.decode(event.payload).systemId).toBeUndefined();
  });

  it("is nothing, and said in the log, when it cannot be read", () => {
    warned = [];
    const writer = createFrameWriter(head);
    writer.appendRaw(WeatherChanged.typeName, new Uint8Array([255, 255]), { timeMs: 1 });
    writer.appendRaw(PhaseChanged.typeName, new Uint8Array(), { timeMs: 1 });
    const log = { warn: (about: object) => void warned.push(about) } as never;
    expect(seeFrame(openFrame(writer.finish()), log).map(({ type }) => type)).toEqual([
      PhaseChanged.typeName,
    ]);
    expect(warned).toHaveLength(1);
  });

  it("goes to the whole world when it concerns the whole world", () => {
    expect(seen(PhaseChanged, {})[0]?.audience).toEqual({ to: "world" });
  });

  it("is nothing when it is for services alone", () => {
    expect(seen(HourChanged, {})).toEqual([]);
  });
});
