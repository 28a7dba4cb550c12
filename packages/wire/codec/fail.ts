import { OrreryError } from "../errors.ts";
import { wireErrors } from "../catalogue.ts";

/** Most levels of messages within messages. */
export const MAX_DEPTH = 100;

export function failTruncated(typeName: string): never {
  throw new OrreryError(wireErrors.WIRE_TRUNCATED, { given: typeName });
}

export function failMalformed(what: string): never {
  throw new OrreryError(wireErrors.WIRE_MALFORMED, { given: what });
}

export function failTooDeep(typeName: string): never {
  throw new OrreryError(wireErrors.WIRE_TOO_DEEP, { given: typeName });
}

export function failUtf8(what: string): never {
  throw new OrreryError(wireErrors.WIRE_BAD_UTF8, { given: what });
}

export function failValue(field: string, value: unknown): never {
  const given = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
  throw new OrreryError(wireErrors.WIRE_BAD_VALUE, {
    given: `${field}: ${typeof value} ${given.slice(0, 60)}`,
  });
}
