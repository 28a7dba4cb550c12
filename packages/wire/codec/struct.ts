// google.protobuf.Struct, which protobuf-es shows as a JSON object wherever a field has that type.
import { create, type JsonObject, type JsonValue, toBinary } from "@bufbuild/protobuf";
import {
  ListValueSchema,
  NullValue,
  type Struct,
  StructSchema,
  type Value,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { readThrough } from "./merge.ts";
import { setOwn } from "./read.ts";

export function structToBytes(json: JsonObject): Uint8Array {
  return toBinary(StructSchema, toStruct(json));
}

export function bytesToStruct(bytes: Uint8Array, start: number, end: number): JsonObject {
  return fromStruct(readThrough(StructSchema, bytes, start, end));
}

function toStruct(json: JsonObject): Struct {
  const struct = create(StructSchema);
  for (const [key, value] of Object.entries(json)) setOwn(struct.fields, key, toValue(value));
  return struct;
}

function toValue(json: JsonValue): Value {
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
          return { case: "listValue", value: create(ListValueSchema, { values: json.map(toValue) }) };
        }
        return { case: "structValue", value: toStruct(json) };
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
