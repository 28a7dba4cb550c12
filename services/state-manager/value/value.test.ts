import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { difference, forward } from "./difference.ts";
import { applyPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";
import { decodeValue, encodeValue } from "./message.ts";
import { same, type Value } from "./model.ts";
import { readJson } from "./read-json.ts";
import { writeJson } from "./write-json.ts";

const leaf: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
);
const key = fc.string({ maxLength: 6 }).filter((name) => name !== "__proto__");
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const withBytes = fc.oneof(value, fc.uint8Array({ maxLength: 8 }));

describe("a value", () => {
  it("survives its bytes, whatever kinds it holds", () => {
    fc.assert(
      fc.property(withBytes, (own) => {
        expect(same(decodeValue(encodeValue(own)), own)).toBe(true);
      }),
    );
  });

  it("survives JSON text, ints and doubles apart", () => {
    fc.assert(
      fc.property(value, (own) => {
        expect(same(readJson(writeJson(own)), own)).toBe(true);
      }),
    );
  });

  it("is the earlier one with the differences applied", () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const found = difference(before, after);
        if (found !== undefined) expect(same(forward(before, found), after)).toBe(true);
      }),
    );
  });

  it("merges as RFC 7396's appendix shows", () => {
    for (const [target, patch, result] of [
      ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
      ['{"a":"b"}', '{"a":null}', "{}"],
      ['{"a":[1]}', '{"a":{"b":1}}', '{"a":{"b":1}}'],
      ["[1,2]", '{"a":"b","c":null}', '{"a":"b"}'],
      ['{"e":null}', '{"a":1}', '{"a":1,"e":null}'],
      ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ] as const)
      expect(writeJson(mergePatch(readJson(target), readJson(patch)))).toBe(result);
  });

  it("has what every object answers to as a key like any other, but for __proto__, which is refused", () => {
    const patched = applyPatch(readJson("{}"), [{ verb: "add", path: "/constructor", value: 1n }]);
    expect(writeJson(mergePatch(patched, readJson('{"toString":2}')))).toBe('{"constructor":1,"toString":2}');
    expect(() => applyPatch(readJson("{}"), [{ verb: "test", path: "/toString", value: 1n }])).toThrow(
      /STATE_PATCH/,
    );
    expect(() => applyPatch(readJson("{}"), [{ verb: "add", path: "/__proto__", value: 1n }])).toThrow(
      /STATE_PATCH.*__proto__/,
    );
    expect(() => readJson('{"__proto__":1}')).toThrow(/STATE_SCHEMA/);
  });

  it("is patched as RFC 6902's appendix shows", () => {
    const done = (target: string, ...steps: Parameters<typeof applyPatch>[1]) =>
      writeJson(applyPatch(readJson(target), steps));
    expect(done('{"foo":["bar","baz"]}', { verb: "add", path: "/foo/1", value: "qux" })).toBe(
      '{"foo":["bar","qux","baz"]}',
    );
    expect(done('{"foo":["a","b","c"]}', { verb: "remove", path: "/foo/1" })).toBe('{"foo":["a","c"]}');
    expect(done('{"foo":["a","b","c","d"]}', { verb: "move", from: "/foo/1", path: "/foo/3" })).toBe(
      '{"foo":["a","c","d","b"]}',
    );
    expect(done('{"/":9,"~1":10}', { verb: "test", path: "/~01", value: 10n })).toBe('{"/":9,"~1":10}');
    expect(done('{"foo":["bar"]}', { verb: "add", path: "/foo/-", value: ["abc"] })).toBe(
      '{"foo":["bar",["abc"]]}',
    );
    for (const wrong of [
      { verb: "add", path: "/baz/bat", value: 1n },
      { verb: "test", path: "/foo", value: "10" },
      { verb: "remove", path: "/none" },
      { verb: "move", from: "/foo", path: "/foo/x" },
    ] as const)
      expect(() => done('{"foo":10}', wrong)).toThrow("STATE_PATCH");
  });
});
