// What is written can be read: whatever no reader would take is refused, with a code, before it is given out.
import { describe, expect, it } from "vitest";
import { createFrameWriter } from "../frame/writer.ts";
import { toJsonValue } from "../json.ts";
import {
  Choices,
  Lists,
  Maps,
  Measured,
  Part,
  Scalars,
  Secretive,
  Tree,
  WellKnown,
} from "../test-schema/gen/torture/v1/mod.ts";
import { encodeBytes } from "./encode-bytes.ts";

const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const HALF = "a\ud800b";
const LONG_HALF = `${"a".repeat(100)}\udc00`;

function nested(levels: number): object {
  let tree: object = { value: 1 };
  for (let level = 1; level < levels; level++) tree = { left: tree };
  return tree;
}

function nestedJson(levels: number): object {
  let json: object = {};
  for (let level = 1; level < levels; level++) json = { a: json };
  return json;
}

function circle(): object {
  const tree: { left?: object } = {};
  tree.left = tree;
  return tree;
}

const jsonWriter = () =>
  createFrameWriter({
    publisher: "p",
    source: "s",
    world: "w",
    lane: "standard",
    fingerprint: "0123456789abcdef",
    contentType: "json",
    firstSequence: 1,
  });

describe("a message that no reader would take", () => {
  it("is refused where text holds half of a surrogate pair", () => {
    for (const text of [HALF, LONG_HALF]) {
      expect(() => encodeBytes(Scalars, { fString: text })).toThrow(/WIRE_BAD_VALUE.*f_string.*surrogate/);
      expect(() => encodeBytes(Maps, { stringString: { [text]: "x" } })).toThrow(/WIRE_BAD_VALUE/);
      expect(() => jsonWriter().append(Scalars, { fString: text }, { timeMs: 1 })).toThrow(/WIRE_BAD_VALUE/);
    }
    expect(Scalars.decode(encodeBytes(Scalars, { fString: "🦊".repeat(30) })).fString).toBe("🦊".repeat(30));
  });

  it("is refused from the hundred and first level on, and read up to there", () => {
    const deepest = encodeBytes(Tree, nested(100));
    expect(Tree.decode(deepest).left?.left?.left).toBeDefined();
    for (const tree of [nested(101), nested(20_000), circle()])
      expect(() => encodeBytes(Tree, tree)).toThrow(/WIRE_TOO_DEEP.*torture.v1.Tree/);
    // The next one is not held to what was left of the last.
    expect(encodeBytes(Tree, nested(100))).toEqual(deepest);
    for (const tree of [nested(20_000), circle()])
      expect(() => toJsonValue(Tree, tree)).toThrow(/WIRE_(TOO_DEEP|BAD_VALUE)/);
    expect(() => jsonWriter().append(Tree, nested(101), { timeMs: 1 })).toThrow(/WIRE_TOO_DEEP/);
  });

  it("is refused where a Struct nests deeper than it can be read", () => {
    for (let levels = 1; levels < 120; levels += 3) {
      const struct = nestedJson(levels) as never;
      let bytes: Uint8Array;
      try {
        bytes = encodeBytes(WellKnown, { struct });
      } catch (error) {
        expect(String(error)).toMatch(/WIRE_TOO_DEEP/);
        continue;
      }
      expect(WellKnown.decode(bytes).struct).toEqual(struct);
    }
    const endless: Record<string, unknown> = {};
    endless["a"] = endless;
    for (const struct of [nestedJson(20_000), endless])
      expect(() => encodeBytes(WellKnown, { struct: struct as never })).toThrow(/WIRE_TOO_DEEP/);
  });

  it("is refused with a code where JSON has no form for it", () => {
    const beyond = { timestamp: { seconds: 10n ** 15n, nanos: 0 } } as never;
    expect(() => jsonWriter().append(WellKnown, beyond, { timeMs: 1 })).toThrow(/WIRE_BAD_VALUE.*Timestamp/);
    const any = { any: { typeUrl: "x/unknown.v1.X", value: Uint8Array.of(1) } } as never;
    expect(() => jsonWriter().append(WellKnown, any, { timeMs: 1 })).toThrow(/WIRE_BAD_VALUE/);
  });

  it("is refused where a map or a list holds nothing in place of a value", () => {
    const holes: [unknown, object][] = [
      [Maps, { stringString: { a: undefined } }],
      [Maps, { int32Int32: { 1: undefined } }],
      [Maps, { stringMessage: { a: null } }],
      [Lists, { fString: [undefined] }],
      [Lists, { fMessage: [undefined] }],
    ];
    for (const [codec, init] of holes)
      expect(() => encodeBytes(codec as typeof Maps, init as never), JSON.stringify(init)).toThrow(
        /WIRE_BAD_VALUE/,
      );
  });
});

describe("a message field that occurs twice", () => {
  /** Field 5 of Secretive, or whichever holds a Part: tag and length before these bytes. */
  const twice = (second: readonly number[]) => {
    const first = encodeBytes(Measured, { part: { label: "a" } });
    const [tag = 0, more = 0] = first;
    const head = tag > 127 ? [tag, more] : [tag];
    return joined(first, Uint8Array.from([...head, second.length, ...second]));
  };

  it("keeps what does not fit in the second as it would in one alone", () => {
    // Field 1 of Part is text; here it comes as a number.
    const odd = [0x08, 0x05];
    const { part } = Measured.decode(twice(odd));
    expect(part).toMatchObject({ label: "a", $unknown: [{ no: 1, wireType: 0, data: Uint8Array.of(5) }] });
    expect(Part.decode(Uint8Array.from(odd)).$unknown).toEqual(part?.$unknown);
  });

  it("refuses text that is no UTF-8 in the second by the same code", () => {
    expect(() => Measured.decode(twice([0x0a, 1, 0xff]))).toThrow(/WIRE_BAD_UTF8/);
  });

  it("lets the second say a default that is written out", () => {
    expect(Measured.decode(twice([0x0a, 0])).part?.label).toBe("");
  });

  it("costs no more than in proportion to how often it occurs", () => {
    const part = encodeBytes(Secretive, { part: { label: "x".repeat(20) } });
    const many = joined(...Array<Uint8Array>(20_000).fill(part));
    const beganMs = performance.now();
    expect(Secretive.decode(many).part?.label).toBe("x".repeat(20));
    expect(performance.now() - beganMs).toBeLessThan(2_000);
  });

  it("is written whole from a view", () => {
    const bytes = joined(
      encodeBytes(Secretive, { name: "before", part: { label: "a" }, count: 4 }),
      encodeBytes(Secretive, { part: { inside: "b" } }),
    );
    const again = Secretive.decode(encodeBytes(Secretive, Secretive.view(bytes) as never));
    expect(again).toMatchObject({ name: "before", count: 4, part: { label: "a", inside: "b" } });
  });

  it("of a oneof begins anew after another case", () => {
    const one = encodeBytes(Choices, { kind: { case: "fMessage", value: { fInt32: 1 } } });
    const other = encodeBytes(Choices, { kind: { case: "fString", value: "x" } });
    const { kind } = Choices.decode(
      joined(one, other, encodeBytes(Choices, { kind: { case: "fMessage", value: {} } })),
    );
    expect(kind).toMatchObject({ case: "fMessage", value: { fInt32: 0 } });
  });
});
