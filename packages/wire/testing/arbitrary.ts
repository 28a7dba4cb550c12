// Random messages of any type, built from descriptors.
import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";
import { isWrapper } from "./wrapper.ts";

const LEVELS = 3;

/** Random messages of a type, with every field absent, default, ordinary or extreme. */
export function messageArbitrary(schema: DescMessage): fc.Arbitrary<Message> {
  return initArbitrary(schema, LEVELS).map((init) => create(schema, init as never));
}

/** Random initialisers: plain objects, nested ones too, with fields left out. */
export function initArbitrary(schema: DescMessage, levels = LEVELS): fc.Arbitrary<Record<string, unknown>> {
  if (schema.typeName === "google.protobuf.Any") return fc.constant({});
  if (schema.typeName === "google.protobuf.Value") return valueArbitrary;
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const member of schema.members) {
    if (member.kind === "oneof") {
      const cases = member.fields
        .map((field) => ({ field, value: fieldArbitrary(field, levels) }))
        .filter((entry) => entry.value !== undefined)
        .map(({ field, value }) => fc.record({ case: fc.constant(field.localName), value: value! }));
      if (cases.length > 0) members[member.localName] = fc.oneof(fc.constant({ case: undefined }), ...cases);
      continue;
    }
    const value = fieldArbitrary(member, levels);
    if (value !== undefined) members[member.localName] = value;
  }
  return fc.record(members, { requiredKeys: [] });
}

/** Undefined when messages are nested deep enough. */
function fieldArbitrary(field: DescField, levels: number): fc.Arbitrary<unknown> | undefined {
  switch (field.fieldKind) {
    case "scalar":
      return scalarArbitrary(field.scalar, field.longAsString);
    case "enum":
      return enumArbitrary(field);
    case "message":
      return nested(field, field.message, levels);
    case "list": {
      const item =
        field.listKind === "message"
          ? nested(field, field.message, levels)
          : field.listKind === "enum"
            ? enumArbitrary(field)
            : scalarArbitrary(field.scalar, field.longAsString);
      return item === undefined ? undefined : fc.array(item, { maxLength: 4 });
    }
    case "map": {
      const value =
        field.mapKind === "message"
          ? nested(field, field.message, levels)
          : field.mapKind === "enum"
            ? enumArbitrary(field)
            : scalarArbitrary(field.scalar, false);
      if (value === undefined) return undefined;
      const key = scalarArbitrary(field.mapKey, false).map(String);
      return fc.array(fc.tuple(key, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
    }
  }
}

function nested(field: DescField, message: DescMessage, levels: number): fc.Arbitrary<unknown> | undefined {
  if (message.typeName === "google.protobuf.Struct" && field.parent.typeName !== "google.protobuf.Value") {
    return fc.dictionary(text, fc.oneof(text, double, fc.boolean(), fc.constant(null)), {
      maxKeys: 3,
    });
  }
  if (isWrapper(field, message))
    return scalarArbitrary((message.fields[0] as { scalar: ScalarType }).scalar, false);
  return levels === 0 ? undefined : initArbitrary(message, levels - 1);
}

const text = fc.oneof(
  fc.constantFrom(
    "",
    "region:mill",
    "npc:mira-01",
    "a",
    "ü",
    "日本",
    "🌧️ falls",
    "__proto__",
    "\u0000",
    "\uFEFFbom",
  ),
  fc.string({ maxLength: 12, unit: "grapheme" }),
  fc.string({ minLength: 30, maxLength: 200 }),
  fc.integer({ min: 100, max: 20_000 }).map((length) => "ab".repeat(length / 2)),
);
const bytes = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 120, maxLength: 200 }));
const double = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER),
);

const valueArbitrary: fc.Arbitrary<Record<string, unknown>> = fc
  .oneof(
    text.map((value) => ({ case: "stringValue", value })),
    fc.boolean().map((value) => ({ case: "boolValue", value })),
    fc.integer().map((value) => ({ case: "numberValue", value })),
  )
  .map((kind) => ({ kind }));

function enumArbitrary(field: DescField): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constantFrom(...field.enum!.values.map((value) => value.number)),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  );
}

function whole(min: number, max: number): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max, 0, 1, 127, 128, 16_383, 16_384));
}

function long(min: bigint, max: bigint, asString: boolean): fc.Arbitrary<bigint | string> {
  const value = fc.oneof(
    fc.bigInt({ min, max }),
    fc.constantFrom(min, max, 0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n),
  );
  return asString ? value.map(String) : value;
}

function scalarArbitrary(scalar: ScalarType, asString: boolean): fc.Arbitrary<unknown> {
  switch (scalar) {
    case ScalarType.DOUBLE:
      return double;
    case ScalarType.FLOAT:
      return fc.oneof(fc.float(), fc.constantFrom(0, -0, Number.NaN, Number.NEGATIVE_INFINITY, 0.1));
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.STRING:
      return text;
    case ScalarType.BYTES:
      return bytes;
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return whole(0, 2 ** 32 - 1);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return long(0n, 2n ** 64n - 1n, asString);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return long(-(2n ** 63n), 2n ** 63n - 1n, asString);
    default:
      return whole(-(2 ** 31), 2 ** 31 - 1);
  }
}
