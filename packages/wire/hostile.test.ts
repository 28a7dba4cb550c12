import { codecs } from "@orrery/schema/registry";
import { describe, expect, test } from "vitest";
import { codecs as torture } from "./test-schema/gen/registry.ts";
import { Choices, Lists, Maps, Scalars, Tree } from "./test-schema/gen/torture/v1/mod.ts";
import { assault } from "./testing/assault.ts";
import { createDice, nested } from "./testing/damage.ts";
import { createFrames, createSamples } from "./testing/samples.ts";

test("damaged messages and frames give coded errors, in bounded time, and no damaged frame is opened", () => {
  const samples = createSamples(new Map([...torture, ...codecs]).values(), 3, 11);
  const toll = assault(samples, createFrames(samples), 20_000, createDice(11));
  expect(toll.undetected).toBe(0);
  expect(toll.slowestMs).toBeLessThan(500);
  expect(toll.refused.get("WIRE_TRUNCATED")).toBeGreaterThan(100);
  expect(toll.refused.get("WIRE_FRAME_DAMAGED")).toBeGreaterThan(1000);
});

describe("a message", () => {
  test("may be nested 100 deep and no deeper", () => {
    expect(Tree.decode(nested(2, 99)).left).toBeDefined();
    expect(() => Tree.decode(nested(2, 100))).toThrow("WIRE_TOO_DEEP");
    expect(() => Tree.decode(nested(2, 20_000))).toThrow("WIRE_TOO_DEEP");
    expect(() => Maps.decode(nested(18, 3000))).toThrow(/WIRE_/);
  });

  test("of endless groups is refused without using up the stack", () => {
    expect(() => Scalars.decode(new Uint8Array(100_000).fill((50 << 3) | 3))).toThrow(
      /WIRE_(MALFORMED|TRUNCATED)/,
    );
  });

  test("that announces more bytes than there are is refused before they are asked for", () => {
    const lengths = [0x7f, 0xff, 0x0f];
    for (const tag of [0x72, 0x7a]) {
      expect(() => Scalars.decode(Uint8Array.of(tag, 0xff, 0xff, 0xff, 0xff, 0x0f, ...lengths))).toThrow(
        "WIRE_TRUNCATED",
      );
      expect(() => Scalars.decode(Uint8Array.of(tag, 0xff, 0xff, 0xff, 0xff, 0x07, ...lengths))).toThrow(
        "WIRE_TRUNCATED",
      );
    }
    expect(() => Lists.decode(Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f))).toThrow("WIRE_TRUNCATED");
  });

  test("that ends within a field is refused, wherever it is cut", () => {
    const bytes = Uint8Array.of(
      0x09,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      0x15,
      1,
      2,
      3,
      4,
      0x20,
      0xff,
      0xff,
      0x01,
      0x72,
      2,
      97,
      98,
    );
    const ends = [0, 9, 14, 18, 22];
    for (let end = 0; end <= bytes.length; end++) {
      const read = () => Scalars.decode(bytes, 0, end);
      if (ends.includes(end)) expect(read()).toBeDefined();
      else expect(read).toThrow("WIRE_TRUNCATED");
    }
  });

  test.each([
    ["a lone continuation byte", [0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a cut sequence", [0xe6, 0x97]],
  ])("with text that is %s is refused", (_what, text) => {
    expect(() => Scalars.decode(Uint8Array.of(0x72, text.length, ...text))).toThrow("WIRE_BAD_UTF8");
    const long = [...new Array<number>(60).fill(97), ...text];
    expect(() => Scalars.decode(Uint8Array.of(0x72, long.length, ...long))).toThrow("WIRE_BAD_UTF8");
    expect(() => Choices.view(Uint8Array.of(0x32, text.length, ...text)).kind).toThrow("WIRE_BAD_UTF8");
  });

  test("with field number 0, wire type 7 or an endless varint is refused", () => {
    expect(() => Scalars.decode(Uint8Array.of(0x00, 0x01))).toThrow("WIRE_MALFORMED");
    expect(() => Scalars.decode(Uint8Array.of(0x0f, 0x01))).toThrow("WIRE_MALFORMED");
    expect(() => Scalars.decode(Uint8Array.of(0x18, ...new Array<number>(11).fill(0xff)))).toThrow(
      "WIRE_MALFORMED",
    );
  });
});
