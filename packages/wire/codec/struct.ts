import { fromJson, type JsonObject, toBinary, toJson } from "@bufbuild/protobuf";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import { readThrough } from "./merge.ts";

/** google.protobuf.Struct, which protobuf-es shows as a JSON object. */
export function structToBytes(json: JsonObject): Uint8Array {
  return toBinary(StructSchema, fromJson(StructSchema, json));
}

export function bytesToStruct(bytes: Uint8Array, start: number, end: number): JsonObject {
  return toJson(StructSchema, readThrough(StructSchema, bytes, start, end)) as JsonObject;
}
