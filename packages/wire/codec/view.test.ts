import { describe, expect, test } from "vitest";
import {
  Colour,
  Measured,
  Optionals,
  Part,
  Scalars,
  Secretive,
  Tree,
} from "../test-schema/gen/torture/v1/mod.ts";
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

describe("a view of an event with many fields", () => {
  const full = {
    name: "gauge",
    atGs: 50_400,
    wetness: 0.5,
    count: 300,
    open: true,
    change: -70,
    mark: 7,
    text: "x".repeat(200),
    counts: [1, 200],
    late: Math.PI,
    part: { label: "in" },
    data: new Uint8Array([1, 2, 3]),
    wide: 2n ** 60n,
    maybe: 0,
    words: ["a", "b"],
    far: 9,
  };
  const names = Object.keys(full) as (keyof typeof full)[];
  const bytes = encodeBytes(Measured, full);
  const message = Measured.decode(bytes);
  const read = (from: Uint8Array, name: keyof typeof full) => {
    const value = Measured.view(from)[name];
    return value !== null && typeof value === "object" && "$reset" in value ? { label: value.label } : value;
  };
  const shown = (of: typeof message, name: keyof typeof full) =>
    name === "part" ? { label: of.part?.label } : of[name];

  test("gives each of them to who reads it alone, first, or after any other", () => {
    for (const name of names) expect(read(bytes, name)).toEqual(shown(message, name));
    for (const first of names) {
      for (const second of names) {
        const view = Measured.view(bytes);
        void view[first];
        if (second !== "part") expect(view[second]).toEqual(message[second]);
        if (first !== "part") expect(view[first]).toEqual(message[first]);
      }
    }
  });

  test("finds each when it stands alone, and none of the others", () => {
    for (const present of names) {
      const alone = encodeBytes(Measured, { [present]: full[present] });
      const decoded = Measured.decode(alone);
      for (const name of names.filter((other) => other !== "part"))
        expect(read(alone, name)).toEqual(decoded[name]);
    }
  });

  test("finds them in the order that no writer writes, and behind what it does not know", () => {
    const parts = names.map((name) => encodeBytes(Measured, { [name]: full[name] }));
    const unknown = new Uint8Array([0xc0, 0x3e, 1]);
    for (const mixed of [joined(...parts.toReversed()), joined(unknown, bytes), joined(bytes, unknown)])
      for (const name of names) expect(read(mixed, name)).toEqual(shown(Measured.decode(mixed), name));
  });

  test("shows of a late field that occurs twice what decode shows", () => {
    const twice = joined(bytes, encodeBytes(Measured, { late: 1, change: 5, part: { inside: "x" } }));
    const view = () => Measured.view(twice);
    expect([view().late, view().change, view().part?.label, view().part?.inside]).toEqual([1, 5, "in", "x"]);
  });

  test("finds every cut when a late field is read", () => {
    const whole = new Set([0]);
    for (let n = 1; n <= names.length; n++) {
      const some = Object.fromEntries(names.slice(0, n).map((name) => [name, full[name]]));
      whole.add(encodeBytes(Measured, some).length);
    }
    const words = encodeBytes(Measured, { words: ["b"] }).length;
    whole.add(bytes.length - encodeBytes(Measured, { far: 9 }).length - words);
    for (let end = 0; end < bytes.length; end++) {
      for (const name of ["change", "late", "maybe", "far"] as const) {
        const readCut = () => Measured.view(bytes, 0, end)[name];
        if (whole.has(end)) expect(readCut()).toEqual(Measured.decode(bytes, 0, end)[name]);
        else expect(readCut, `${name} of ${end} bytes`).toThrow(/WIRE_(TRUNCATED|MALFORMED)/);
      }
    }
  });

  test("takes nothing for its own that stands behind its end", () => {
    for (const inner of names) {
      const some = encodeBytes(Measured, { name: "n", [inner]: full[inner] });
      const decoded = Measured.decode(some);
      for (const neighbour of names.map((name) => encodeBytes(Measured, { [name]: full[name] }))) {
        const both = joined(some, neighbour, new Uint8Array(4).fill(0xff));
        for (const name of names.filter((other) => other !== "part"))
          expect(Measured.view(both, 0, some.length)[name]).toEqual(decoded[name]);
      }
    }
  });
});
