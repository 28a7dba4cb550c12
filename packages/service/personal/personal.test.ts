import { Buffer } from "node:buffer";
import { virtualClock } from "@orrery/bus";
import { type Codec, createFrameWriter, encodeBytes, type InitOf, openFrame } from "@orrery/wire";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { Whisper, Whispered } from "../../wire/test-schema/gen/torture/v1/mod.ts";
import { ERASED, isErased } from "./envelope.ts";
import { testKeys } from "./key-box.testing.ts";
import { createKeyRing } from "./key-ring.ts";
import { createPersonal, type Personal, withholdPersonal } from "./personal.ts";

const LARGE = 1024 * 1024;
const codecs = new Map<string, Codec>([[Whispered.typeName, Whispered]]);
let keys: ReturnType<typeof testKeys>;
let clock: ReturnType<typeof virtualClock>;
let personal: Personal;
beforeEach(() => {
  keys = testKeys();
  clock = virtualClock();
  personal = createPersonal(createKeyRing(keys.source, clock), codecs);
});

type Init = InitOf<typeof Whispered>;
function frameOf(events: readonly Init[], contentType: "protobuf" | "json" = "protobuf", maxBytes = LARGE) {
  const head = {
    publisher: "p",
    source: "s",
    world: "w",
    lane: "standard",
    fingerprint: "0".repeat(16),
    contentType,
    firstSequence: 7,
  } as const;
  const writer = createFrameWriter(head, { maxBytes });
  for (const event of events)
    writer.append(Whispered, event, { timeMs: 5, cause: { publisher: "c", sequence: 2 } });
  return writer.finish();
}
const sealed = async (frame: Uint8Array, maxBytes = LARGE) =>
  (await personal.sealFrame(frame, maxBytes)).frames;
async function opened(frames: readonly Uint8Array[]) {
  const events = [];
  for (const bytes of frames) events.push(...(await personal.openFrame(openFrame(bytes))).events());
  return events;
}

const text = fc.string({ unit: "grapheme", maxLength: 40 });
const person = fc.constantFrom("player:ada", "player:bo");
const overheard = fc.record({ playerId: person, text });
const whispered: fc.Arbitrary<Init> = fc.record({
  regionId: fc.constant("r"),
  playerId: person,
  text,
  voice: fc.uint8Array({ maxLength: 40 }),
  lines: fc.array(text, { maxLength: 3 }),
  overheard: fc.array(overheard, { maxLength: 2 }),
  byPlace: fc.dictionary(fc.constantFrom("mill", "inn"), overheard),
}) as fc.Arbitrary<Init>;

describe("a frame with personal fields", () => {
  it.each(["protobuf", "json"] as const)("opens to what was sealed, as %s", async (contentType) => {
    await fc.assert(
      fc.asyncProperty(fc.array(whispered, { minLength: 1, maxLength: 4 }), async (events) => {
        const read = await opened(await sealed(frameOf(events, contentType)));
        expect(read.map((event) => encodeBytes(Whispered, event.decode(Whispered)))).toEqual(
          events.map((event) => encodeBytes(Whispered, event)),
        );
        expect(read.map(({ sequence, key, timeMs, cause }) => ({ sequence, key, timeMs, cause }))).toEqual(
          events.map((_, at) => ({
            sequence: 7 + at,
            key: "r",
            timeMs: 5,
            cause: { publisher: "c", sequence: 2 },
          })),
        );
      }),
      { seed: 12, numRuns: 60 },
    );
  });

  it("is sealed to the same bytes again, and to others elsewhere", async () => {
    const [one] = await sealed(
      frameOf([
        { playerId: "a", text: "same" },
        { playerId: "a", text: "same" },
      ]),
    );
    const [again] = await sealed(
      frameOf([
        { playerId: "a", text: "same" },
        { playerId: "a", text: "same" },
      ]),
    );
    expect(again).toEqual(one);
    const [first, second] = [...openFrame(one as Uint8Array).events()].map(
      (event) => event.decode(Whispered).text,
    );
    expect(first).not.toBe(second);
  });

  it("never holds what it hides, and reads ERASED for the erased one alone", async () => {
    const secret = "the well is poisoned";
    const events: Init[] = [
      { playerId: "player:ada", text: secret, voice: Buffer.from(secret), lines: [secret] },
      { playerId: "player:bo", text: "all is well", overheard: [{ playerId: "player:ada", text: secret }] },
    ];
    const frames = await sealed(frameOf(events));
    expect(Buffer.concat(frames).includes(secret)).toBe(false);
    expect(Buffer.concat(frames).includes(Buffer.from(secret).toString("base64url").slice(0, 16))).toBe(
      false,
    );
    keys.erase("player:ada");
    await clock.advance(60_001);
    const [ada, bo] = (await opened(frames)).map((event) => event.decode(Whispered));
    expect(ada).toMatchObject({ playerId: "player:ada", text: ERASED, lines: [ERASED] });
    expect(isErased(ada?.voice ?? "")).toBe(true);
    expect(bo).toMatchObject({ text: "all is well", overheard: [{ text: ERASED }] });
  });

  it("is erased before it is sealed when its person is gone", async () => {
    await sealed(frameOf([{ playerId: "a", text: "before" }]));
    keys.erase("a");
    personal.forget();
    const { frames, erased } = await personal.sealFrame(frameOf([{ playerId: "a", text: "after" }]), LARGE);
    expect(erased).toEqual(["a"]);
    expect(
      openFrame(frames[0] as Uint8Array)
        .events()
        [Symbol.iterator]()
        .next()
        .value.decode(Whispered).text,
    ).toBe(ERASED);
  });

  it("is cut in two when sealing makes it too large, without a hole in its sequences", async () => {
    const events = Array.from({ length: 40 }, (_, at) => ({
      playerId: "a",
      text: `word ${at}`.padEnd(30, "."),
    }));
    const frames = await sealed(frameOf(events, "protobuf", 2_600), 2_600);
    expect(frames.length).toBeGreaterThan(1);
    expect(Math.max(...frames.map(({ length }) => length))).toBeLessThanOrEqual(2_600);
    const read = await opened(frames);
    expect(read.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => 7 + at));
    expect(read.map((event) => event.decode(Whispered).text)).toEqual(events.map((event) => event.text));
  });

  it("opens nowhere but at its place, and not when a bit was changed", async () => {
    const [frame] = await sealed(frameOf([{ playerId: "a", text: "mine" }]));
    const value = [...openFrame(frame as Uint8Array).events()][0]?.decode(Whispered).text ?? "";
    await expect(opened([frameOf([{ playerId: "a" }, { playerId: "a", text: value }])])).rejects.toThrow(
      /PERSONAL_SEAL_BROKEN/,
    );
    const bent = `${value.slice(0, -3)}${value.at(-3) === "A" ? "B" : "A"}${value.slice(-2)}`;
    await expect(opened([frameOf([{ playerId: "a", text: bent }])])).rejects.toThrow(/PERSONAL_SEAL_BROKEN/);
  });

  it("is refused, not called erased, when nobody knows the key", async () => {
    const frames = await sealed(frameOf([{ playerId: "a", text: "mine" }]));
    keys.lose();
    personal.forget();
    await expect(opened(frames)).rejects.toThrow(/PERSONAL_KEY_UNKNOWN/);
  });

  it("asks for a key once, until it must ask anew", async () => {
    for (let n = 0; n < 3; n++) await opened(await sealed(frameOf([{ playerId: "a", text: "x" }])));
    expect(keys.asked).toEqual([1]);
    await clock.advance(60_000);
    await sealed(frameOf([{ playerId: "a", text: "x" }]));
    expect(keys.asked).toEqual([1, 1]);
  });
});

describe("a message with personal fields", () => {
  it("is sealed for a place and opened there", async () => {
    const bytes = encodeBytes(Whisper, { playerId: "a", text: "psst" });
    const hidden = await personal.sealMessage(Whisper, bytes, "w", "here");
    expect(Buffer.from(hidden).includes("psst")).toBe(false);
    expect(await personal.openMessage(Whisper, hidden, "here")).toEqual({ bytes, erased: [] });
    await expect(personal.openMessage(Whisper, hidden, "there")).rejects.toThrow(/PERSONAL_SEAL_BROKEN/);
    keys.erase("a");
    personal.forget();
    const { bytes: rest, erased } = await personal.openMessage(Whisper, hidden, "here");
    expect([Whisper.decode(rest).text, erased]).toEqual([ERASED, ["a"]]);
  });

  it("can be shown without them", () => {
    const shown = withholdPersonal(
      Whisper,
      encodeBytes(Whisper, { playerId: "a", text: "psst" }),
      "protobuf",
    );
    expect(Whisper.decode(shown)).toMatchObject({ playerId: "a", text: "orrery:withheld" });
  });
});
