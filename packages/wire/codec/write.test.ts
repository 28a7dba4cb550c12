import { describe, expect, test } from "vitest";
import { Choices, Lists, Maps, Scalars, Tree } from "../test-schema/gen/torture/v1/mod.ts";
import { createWireBuffer } from "./buffer.ts";
import { encodeBytes } from "./encode-bytes.ts";

describe("encoding", () => {
  test("appends behind what a buffer holds, and makes it grow", () => {
    const out = createWireBuffer(16);
    const starts: number[] = [];
    for (let i = 0; i < 200; i++) {
      starts.push(out.pos);
      Scalars.encode({ fString: "s".repeat(i), fDouble: i }, out);
    }
    starts.push(out.pos);
    for (let i = 0; i < 200; i++) {
      const read = Scalars.decode(out.bytes, starts[i], starts[i + 1]);
      expect([read.fString.length, read.fDouble]).toEqual([i, i]);
    }
  });

  test.each([0, 1, 126, 127, 128, 129, 16_382, 16_383, 16_384, 2_097_151, 2_097_152])(
    "measures text and messages of %i bytes",
    (size) => {
      expect(Scalars.decode(encodeBytes(Scalars, { fString: "x".repeat(size) })).fString.length).toBe(size);
      expect(Scalars.decode(encodeBytes(Scalars, { fString: "ü".repeat(size >> 1) })).fString.length).toBe(
        size >> 1,
      );
      expect(Scalars.decode(encodeBytes(Scalars, { fBytes: new Uint8Array(size) })).fBytes.length).toBe(size);
      const [inner] = Lists.decode(
        encodeBytes(Lists, { fMessage: [{ fBytes: new Uint8Array(size) }] }),
      ).fMessage;
      expect(inner?.fBytes.length).toBe(size);
    },
  );

  test.each([
    ["a fraction in an integer", { fInt32: 1.5 }],
    ["an integer beyond 32 bits", { fInt32: 2 ** 31 }],
    ["NaN in an integer", { fUint32: Number.NaN }],
    ["a negative unsigned one", { fUint32: -1 }],
    ["a number beyond float", { fFloat: 1e39 }],
    ["a bigint beyond 64 bits", { fInt64: 2n ** 63n }],
    ["a negative unsigned bigint", { fUint64: -1n }],
    ["text for a number", { fDouble: "1" as never }],
    ["a number for text", { fString: 5 as never }],
    ["an array for bytes", { fBytes: [1, 2] as never }],
    ["text for a truth", { fBool: "true" as never }],
  ])("refuses %s, naming the field", (_what, init) => {
    const field = Object.keys(init)[0]!.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`);
    // A bool that is not true is taken for its default, as everywhere in JavaScript; within a list it is refused.
    if ("fBool" in init)
      expect(() => encodeBytes(Lists, { fBool: [init.fBool] as never })).toThrow("WIRE_BAD_VALUE");
    else
      expect(() => encodeBytes(Scalars, init)).toThrow(
        new RegExp(`WIRE_BAD_VALUE.*torture.v1.Scalars.${field}`),
      );
  });

  test("refuses map keys that are none of their type", () => {
    expect(() => encodeBytes(Maps, { int32Int32: { x: 1 } as never })).toThrow("WIRE_BAD_VALUE");
    expect(() => encodeBytes(Maps, { boolBool: { yes: true } as never })).toThrow("WIRE_BAD_VALUE");
    expect(() => encodeBytes(Maps, { int64Int64: { "1.5": 1n } as never })).toThrow("WIRE_BAD_VALUE");
  });

  test("takes null for absent, as protobuf-es does", () => {
    const init = { fInt32: null, fString: null, fMessage: null } as never;
    expect(encodeBytes(Scalars, init)).toEqual(new Uint8Array(0));
    expect(encodeBytes(Choices, { kind: undefined, inner: null } as never)).toEqual(new Uint8Array(0));
  });

  test("gives bytes of their own, also while another message is being made", () => {
    const first = encodeBytes(Tree, { value: 1 });
    encodeBytes(Tree, { value: 2 });
    expect(Tree.decode(first).value).toBe(1);
  });
});
