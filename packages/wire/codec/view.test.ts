import { describe, expect, test } from "vitest";
import { Colour, Optionals, Part, Scalars, Secretive, Tree } from "../test-schema/gen/torture/v1/mod.ts";
import { encodeBytes } from "./encode-bytes.ts";

/** The fields of two encodings in one: a message whose writer sent changes behind what it changes. */
function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

describe("a view", () => {
  test("parses a field when it is read, not before", () => {
    const bytes = encodeBytes(Scalars, { fInt32: 5, fString: "ok" });
    const broken = joined(bytes, new Uint8Array([0xff]));
    const view = Scalars.view(broken);
    expect(() => view.fString).toThrow("WIRE_MALFORMED");
  });

  test("finds fields near the start without looking at the rest", () => {
    const view = Secretive.view(joined(encodeBytes(Secretive, { name: "mira" }), new Uint8Array([0xff])));
    expect(view.name).toBe("mira");
    expect(() => view.colour).toThrow("WIRE_MALFORMED");
  });

  test("finds fields that stand in another order", () => {
    const bytes = joined(
      encodeBytes(Secretive, { colour: Colour.RED }),
      encodeBytes(Secretive, { count: 7 }),
      encodeBytes(Secretive, { name: "mira" }),
    );
    const view = Secretive.view(bytes);
    expect([view.name, view.count, view.colour]).toEqual(["mira", 7, Colour.RED]);
  });

  test("merges a nested message that occurs twice", () => {
    const bytes = joined(
      encodeBytes(Secretive, { part: { label: "a", inside: "x" } }),
      encodeBytes(Secretive, { part: { label: "b" } }),
    );
    expect(Secretive.view(bytes).part?.label).toBe("b");
    expect(Secretive.view(bytes).part?.inside).toBe("x");
  });

  test("is reused over other bytes without traces of the first", () => {
    const view = Optionals.view(
      encodeBytes(Optionals, { fInt32: 1, fString: "first", fMessage: { fInt32: 3 } }),
    );
    expect([view.fInt32, view.fString, view.fMessage?.fInt32]).toEqual([1, "first", 3]);
    const other = encodeBytes(Optionals, { fString: "second" });
    Optionals.reset(view, other, 0, other.length);
    expect([view.fInt32, view.fString, view.fMessage]).toEqual([undefined, "second", undefined]);
  });

  test("reads a part of a larger buffer and nothing beyond it", () => {
    const inner = encodeBytes(Part, { label: "in" });
    const bytes = joined(
      encodeBytes(Part, { label: "before" }),
      inner,
      encodeBytes(Part, { inside: "after" }),
    );
    const start = bytes.length - inner.length - encodeBytes(Part, { inside: "after" }).length;
    const view = Part.view(bytes, start, start + inner.length);
    expect([view.label, view.inside]).toEqual(["in", ""]);
    expect(() => Part.view(bytes, start, bytes.length + 1)).toThrow("WIRE_TRUNCATED");
  });

  test("follows a recursive message", () => {
    const view = Tree.view(encodeBytes(Tree, { left: { left: { value: 9 } } }));
    expect(view.left?.left?.value).toBe(9);
    expect(view.left?.right).toBeUndefined();
  });
});
