import { type DescMessage, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Part as PartMessage,
  Part,
  Scalars,
  Secretive,
  type Secretive as SecretiveMessage,
  Tree,
} from "../test-schema/gen/torture/v1/mod.ts";
import { messageArbitrary } from "../testing/arbitrary.ts";
import { join, nested } from "../testing/damage.ts";
import { encodeBytes } from "./encode-bytes.ts";
import { stripServerOnly } from "./redaction.ts";

/** What stripping must come to, done on the message itself. */
function withoutSecrets(given: SecretiveMessage): SecretiveMessage {
  const part = (from: PartMessage | undefined): PartMessage | undefined =>
    from === undefined
      ? undefined
      : { ...from, inside: "", numbers: [], ...(from.deeper ? { deeper: part(from.deeper)! } : {}) };
  const { kind } = given;
  return {
    ...given,
    secret: "",
    ...(given.part ? { part: part(given.part)! } : {}),
    parts: given.parts.map((one) => part(one)!),
    byName: Object.fromEntries(Object.entries(given.byName).map(([name, one]) => [name, part(one)!])),
    kind:
      kind.case === "hidden"
        ? { case: undefined }
        : kind.case === "chosen"
          ? { case: "chosen", value: part(kind.value)! }
          : kind,
    ...(given.self ? { self: withoutSecrets(given.self) } : {}),
  };
}

describe("stripping server-only fields", () => {
  test("leaves exactly the others, at every depth, in lists, maps and oneofs", () => {
    fc.assert(
      fc.property(messageArbitrary(Secretive.schema as DescMessage), (message) => {
        const given = message as SecretiveMessage;
        const stripped = stripServerOnly(Secretive, encodeBytes(Secretive, given));
        expect(Secretive.decode(stripped)).toEqual(
          Secretive.decode(toBinary(Secretive.schema, withoutSecrets(given))),
        );
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  test("gives the same bytes when there is nothing to cut", () => {
    const bytes = encodeBytes(Secretive, {
      name: "mira",
      parts: [{ label: "a" }],
      self: { part: { deeper: { label: "b" } } },
    });
    expect(stripServerOnly(Secretive, bytes)).toBe(bytes);
    const plain = encodeBytes(Scalars, { fString: "x" });
    expect(stripServerOnly(Scalars, plain)).toBe(plain);
  });

  test("keeps unknown fields, and lengths that grow shorter by a byte", () => {
    const part = { label: "x".repeat(100), inside: "y".repeat(100) };
    const bytes = join(
      encodeBytes(Secretive, { part }),
      encodeBytes(Tree, { value: 0, more: [] }),
      Uint8Array.of(0xf8, 0x3f, 7),
    );
    const read = Secretive.decode(stripServerOnly(Secretive, bytes));
    expect(read.part).toEqual(Part.decode(encodeBytes(Part, { label: part.label })));
    expect(read.$unknown).toEqual([{ no: 1023, wireType: 0, data: Uint8Array.of(7) }]);
  });

  test("cuts a secret of another wire type too, and what comes as a group", () => {
    const bytes = Uint8Array.of(0x10, 5, 0x13, 0x08, 1, 0x14, 0x18, 3);
    expect(Secretive.decode(stripServerOnly(Secretive, bytes))).toEqual(
      Secretive.decode(Uint8Array.of(0x18, 3)),
    );
  });

  test("refuses bytes that are no message, and nesting beyond 100", () => {
    expect(() => stripServerOnly(Secretive, Uint8Array.of(0x0a, 5, 1))).toThrow("WIRE_TRUNCATED");
    const deep = join(Uint8Array.of(0x2a), lengthOf(nested(3, 120)), nested(3, 120));
    expect(() => stripServerOnly(Secretive, deep)).toThrow("WIRE_TOO_DEEP");
  });
});

function lengthOf(bytes: Uint8Array): Uint8Array {
  return bytes.length < 128
    ? Uint8Array.of(bytes.length)
    : Uint8Array.of((bytes.length & 127) | 128, bytes.length >> 7);
}
