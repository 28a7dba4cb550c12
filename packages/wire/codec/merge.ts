import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  mergeFromBinary,
} from "@bufbuild/protobuf";
import { OrreryError } from "../errors.ts";
import { wireErrors } from "../catalogue.ts";
import { copyOf } from "./read.ts";

/**
 * Merges a message field that occurs more than once, which protobuf asks of readers. Rare: no known writer does it; so
 * protobuf-es does the work.
 */
export function mergeInto<D extends DescMessage>(
  schema: D,
  message: MessageShape<D>,
  bytes: Uint8Array,
  start: number,
  end: number,
): MessageShape<D> {
  return coded(schema, () => mergeFromBinary(schema, message, copyOf(bytes, start, end)));
}

/** The same for wrapper types, which stand as their value. */
export function mergeWrapper<D extends DescMessage>(
  schema: D,
  value: unknown,
  bytes: Uint8Array,
  start: number,
  end: number,
): MessageShape<D> {
  return mergeInto(schema, create(schema, { value } as unknown as MessageInitShape<D>), bytes, start, end);
}

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
