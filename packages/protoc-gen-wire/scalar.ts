import { type DescField, ScalarType } from "@bufbuild/protobuf";
import type { Imports } from "./imports.ts";

export const VARINT = 0;
export const BIT64 = 1;
export const LENGTH = 2;
export const BIT32 = 5;

/** Enums travel as int32. */
export function scalarOf(field: DescField): ScalarType {
  if (field.fieldKind === "enum") return ScalarType.INT32;
  if (field.fieldKind === "list" && field.listKind === "enum") return ScalarType.INT32;
  if (field.fieldKind === "map" && field.mapKind === "enum") return ScalarType.INT32;
  return (field as { scalar: ScalarType }).scalar;
}

export function wireTypeOf(scalar: ScalarType): number {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return LENGTH;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return BIT64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return BIT32;
    default:
      return VARINT;
  }
}

/** Most bytes of a value without its tag; 0 for text and bytes, which ask for room themselves. */
export function mostBytes(scalar: ScalarType): number {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return 0;
    case ScalarType.BOOL:
      return 1;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return 4;
    case ScalarType.UINT32:
    case ScalarType.SINT32:
      return 5;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 8;
    default:
      return 10;
  }
}

export function is64(scalar: ScalarType): boolean {
  switch (scalar) {
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return true;
    default:
      return false;
  }
}

/** The default of all but bytes as an expression; `asString` for 64-bit integers with jstype = JS_STRING. */
export function zeroOf(scalar: ScalarType, asString: boolean): string {
  switch (scalar) {
    case ScalarType.STRING:
      return '""';
    case ScalarType.BOOL:
      return "false";
    default:
      if (is64(scalar)) return asString ? '"0"' : "0n";
      return "0";
  }
}

export function typeOf(scalar: ScalarType, asString: boolean, imports: Pick<Imports, "global">): string {
  switch (scalar) {
    case ScalarType.STRING:
      return "string";
    case ScalarType.BOOL:
      return "boolean";
    case ScalarType.BYTES:
      return imports.global("Uint8Array");
    default:
      if (is64(scalar)) return asString ? "string" : "bigint";
      return "number";
  }
}

/** The bytes of a tag, as numbers. */
export function tagBytes(no: number, wireType: number): number[] {
  const out: number[] = [];
  let rest = ((no << 3) | wireType) >>> 0;
  while (rest > 127) {
    out.push((rest & 127) | 128);
    rest >>>= 7;
  }
  out.push(rest);
  return out;
}

export function tagOf(no: number, wireType: number): number {
  return ((no << 3) | wireType) >>> 0;
}
