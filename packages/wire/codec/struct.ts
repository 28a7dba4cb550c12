// google.protobuf.Struct, which protobuf-es shows as a JSON object wherever a field has that type.
import { create, fromBinary, type JsonObject, type JsonValue, toBinary } from "@bufbuild/protobuf";
import {
  ListValueSchema,
  NullValue,
  type Struct,
  StructSchema,
  type Value,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { failTooDeep, MAX_DEPTH } from "./fail.ts";
import { readThrough } from "./read-through.ts";
import { setOwn } from "./read.ts";

/** @throws WIRE_TOO_DEEP */
export function structToBytes(json: JsonObject): Uint8Array {
  const bytes = toBinary(StructSchema, toStruct(json, 1));
  // Readers count entries of maps as levels too; whatever is deep is read once before it is given out.
  if (bytes.length > SURELY_FLAT) {
    try {
      fromBinary(StructSchema, bytes);
    } catch {
      failTooDeep(StructSchema.typeName);
    }
  }
  return bytes;
}

/** A level of Struct takes at least this many bytes, and readers take at least 30 levels. */
const SURELY_FLAT = 30 * 8;

export function bytesToStruct(bytes: Uint8Array, start: number, end: number): JsonObject {
  return fromStruct(readThrough(StructSchema, bytes, start, end));
}

/** @param depth levels of messages above: no circle and no endless nesting gets past them. */
function toStruct(json: JsonObject, depth: number): Struct {
  if (depth > MAX_DEPTH) failTooDeep(StructSchema.typeName);
  const struct = create(StructSchema);
  for (const [key, value] of Object.entries(json)) setOwn(struct.fields, key, toValue(value, depth + 1));
  return struct;
}

function toValue(json: JsonValue, depth: number): Value {
  if (depth > MAX_DEPTH) failTooDeep(StructSchema.typeName);
  const kind = ((): Value["kind"] => {
    switch (typeof json) {
      case "number":
        return { case: "numberValue", value: json };
      case "string":
        return { case: "stringValue", value: json };
      case "boolean":
        return { case: "boolValue", value: json };
      default:
        if (json === null) return { case: "nullValue", value: NullValue.NULL_VALUE };
        if (Array.isArray(json)) {
          return {
            case: "listValue",
            value: create(ListValueSchema, { values: json.map((item) => toValue(item, depth + 2)) }),
          };
        }
        return { case: "structValue", value: toStruct(json, depth + 1) };
    }
  })();
  return create(ValueSchema, { kind });
}

function fromStruct(struct: Struct): JsonObject {
  const json: JsonObject = {};
  for (const [key, value] of Object.entries(struct.fields)) setOwn(json, key, fromValue(value));
  return json;
}

/** A value without a kind is null, as in protobuf-es. */
function fromValue({ kind }: Value): JsonValue {
  switch (kind.case) {
    case "structValue":
      return fromStruct(kind.value);
    case "listValue":
      return kind.value.values.map(fromValue);
    case "nullValue":
    case undefined:
      return null;
    default:
      return kind.value;
  }
}
