import { type DescMessage } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromCloudEvent, toCloudEvent } from "./cloud-events.ts";
import { openFrame } from "./frame/reader.ts";
import { createFrameWriter } from "./frame/writer.ts";
import { Secretive, type Secretive as SecretiveMessage } from "./test-schema/gen/torture/v1/mod.ts";
import { messageArbitrary } from "./testing/arbitrary.ts";

const head = {
  publisher: "wm/7f3a",
  source: "weather-manager",
  world: "hollow/mere ü",
  lane: "standard",
  fingerprint: "0123456789abcdef",
  firstSequence: 2 ** 33,
} as const;

test("an event as a CloudEvent and back is the same event", () => {
  const ids = fc.record({ publisher: fc.constantFrom("tm", "a/b"), sequence: fc.maxSafeNat() });
  fc.assert(
    fc.property(
      messageArbitrary(Secretive.schema as DescMessage),
      fc.integer({ min: 1.6e15, max: 1.8e15 }).map((us) => us / 1000),
      fc.option(ids, { nil: undefined }),
      (message, timeMs, cause) => {
        const writer = createFrameWriter(head, { maxBytes: 1 << 22 });
        const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        writer.append(Secretive, message as SecretiveMessage, { timeMs, cause, traceparent });
        const frame = openFrame(writer.finish());
        const [event] = [...frame.events()];
        const cloudEvent = toCloudEvent(frame, event!, Secretive);
        const back = fromCloudEvent(JSON.parse(JSON.stringify(cloudEvent)), Secretive);
        expect(back).toEqual({
          id: { publisher: head.publisher, sequence: 2 ** 33 },
          world: head.world,
          source: head.source,
          lane: "standard",
          type: Secretive.typeName,
          key: (message as SecretiveMessage).name,
          timeMs,
          fingerprint: head.fingerprint,
          cause,
          traceparent,
          message: event!.decode(Secretive),
        });
      },
    ),
    { numRuns: 200, seed: 8 },
  );
});

test("a CloudEvent has the attributes that the standard asks for", () => {
  const writer = createFrameWriter(head);
  writer.append(Secretive, { name: "mira", count: 3 }, { timeMs: 1_717_200_000_000 });
  const frame = openFrame(writer.finish());
  const [event] = [...frame.events()];
  const schemaUrl = "https://orrery.example/schema";
  expect(toCloudEvent(frame, event!, Secretive, { schemaUrl })).toEqual({
    specversion: "1.0",
    id: "wm/7f3a/8589934592",
    source: "/orrery/hollow%2Fmere%20%C3%BC/weather-manager",
    type: "torture.v1.Secretive",
    subject: "mira",
    time: "2024-06-01T00:00:00.000Z",
    datacontenttype: "application/json",
    dataschema: "https://orrery.example/schema/torture.v1.Secretive?fingerprint=0123456789abcdef",
    data: { name: "mira", count: 3 },
    sequence: "8589934592",
    lane: "standard",
  });
});

test("what is no CloudEvent of ours is refused", () => {
  const writer = createFrameWriter(head);
  writer.append(Secretive, {}, { timeMs: 0 });
  const frame = openFrame(writer.finish());
  const good = toCloudEvent(frame, [...frame.events()][0]!, Secretive);
  expect(() => fromCloudEvent({ ...good, type: "a.v1.B" }, Secretive)).toThrow("WIRE_TYPE_MISMATCH");
  for (const bad of [
    { source: "/elsewhere/w/s" },
    { id: "no-slash" },
    { id: "p/1.5" },
    { time: "yesterday" },
    { data: 5 },
  ]) {
    expect(() => fromCloudEvent({ ...good, ...bad } as never, Secretive)).toThrow("WIRE_MALFORMED");
  }
});
