// The protobuf JSON mapping of messages, for frames with JSON content and for people.
import {
  create,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { wireErrors } from "./catalogue.ts";
import type { Codec } from "./codec/codec.ts";
import { OrreryError } from "./errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * A message, or part of one, in protobuf's JSON form. `registry` is needed for fields of type Any.
 * @throws WIRE_BAD_VALUE, WIRE_TOO_DEEP
 */
export function toJsonValue<I>(codec: Codec<unknown, I, unknown>, init: I, registry?: Registry): JsonValue {
  const schema = codec.schema as DescMessage;
  try {
    return toJson(schema, create(schema, init as Message), registry === undefined ? {} : { registry });
  } catch (cause) {
    // The stack ends where messages stand within themselves, or nearly for ever.
    if (cause instanceof RangeError)
      throw new OrreryError(wireErrors.WIRE_TOO_DEEP, { given: codec.typeName, cause });
    const given = `${codec.typeName} as JSON: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new OrreryError(wireErrors.WIRE_BAD_VALUE, { given, cause });
  }
}

/** The message of a JSON value; unknown fields are ignored, as from a newer writer. Throws WIRE_MALFORMED. */
export function fromJsonValue<M>(codec: Codec<M>, json: JsonValue, registry?: Registry): M {
  try {
    const options = { ignoreUnknownFields: true, ...(registry === undefined ? {} : { registry }) };
    return fromJson(codec.schema as DescMessage, json, options) as M;
  } catch (cause) {
    throw new OrreryError(wireErrors.WIRE_MALFORMED, { given: `${codec.typeName} as JSON`, cause });
  }
}

/**
 * JSON content of an event. It is read once before it is given out: what no reader would take (half of a surrogate
 * pair, messages nested too deep) is refused here.
 * @throws WIRE_BAD_VALUE, WIRE_TOO_DEEP
 */
export function writeJson<I>(codec: Codec<unknown, I, unknown>, init: I): Uint8Array {
  const value = toJsonValue(codec, init);
  try {
    fromJson(codec.schema as DescMessage, value);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    const kind = words.includes("recursion depth") ? wireErrors.WIRE_TOO_DEEP : wireErrors.WIRE_BAD_VALUE;
    throw new OrreryError(kind, { given: `${codec.typeName} as JSON: ${words}`, cause });
  }
  return encoder.encode(JSON.stringify(value));
}

/** The message of an event's JSON content. */
export function readJson<M>(codec: Codec<M>, payload: Uint8Array): M {
  let json: JsonValue;
  try {
    json = JSON.parse(decoder.decode(payload)) as JsonValue;
  } catch (cause) {
    throw new OrreryError(wireErrors.WIRE_MALFORMED, { given: `${codec.typeName} as JSON`, cause });
  }
  return fromJsonValue(codec, json);
}
