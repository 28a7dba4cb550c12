import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { OrreryError } from "../errors.ts";
import { wireErrors } from "../catalogue.ts";
import { copyOf } from "./read.ts";

/** Reads through protobuf-es: for the few types that have a form of their own there. */
export function readThrough<D extends DescMessage>(
  schema: D,
  bytes: Uint8Array,
  start: number,
  end: number,
): MessageShape<D> {
  return coded(schema, () => fromBinary(schema, copyOf(bytes, start, end)));
}

function coded<R>(schema: DescMessage, read: () => R): R {
  try {
    return read();
  } catch (cause) {
    throw new OrreryError(wireErrors.WIRE_MALFORMED, { given: schema.typeName, cause });
  }
}
