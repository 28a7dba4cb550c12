import type { MessageOf } from "@orrery/wire";
import { codecs } from "@orrery/schema/registry";
import { OrreryError } from "@orrery/wire";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { stateErrors } from "../errors.ts";
import type { Value } from "../value/model.ts";
import { refuse } from "../value/refuse.ts";
import { plain } from "../value/write-json.ts";
import type { Collection } from "./definition.ts";

/** @throws STATE_SCHEMA with path and rule */
export type SchemaCheck = (value: Value) => void;

/**
 * Makes the check of a collection's values.
 * @throws STATE_COLLECTIONS_INVALID
 */
export function schemaCheck({ name, value: kind, schema }: Collection): SchemaCheck {
  if (kind !== "json") return messageCheck(name, kind);
  if (schema === undefined) return () => {};
  const validate = compile(name, schema);
  return (value) => {
    if (validate(plain(value))) return;
    const [first] = validate.errors ?? [];
    refuse(first?.instancePath ?? "", first?.message ?? "does not fit the schema");
  };
}

function compile(name: string, schema: object): ValidateFunction {
  try {
    return new Ajv2020({ strict: false, allErrors: false }).compile(schema);
  } catch (cause) {
    throw new OrreryError(stateErrors.STATE_COLLECTIONS_INVALID, { given: `schema of ${name}`, cause });
  }
}

function messageCheck(name: string, type: string): SchemaCheck {
  const codec = codecs.get(type);
  if (codec === undefined)
    throw new OrreryError(stateErrors.STATE_COLLECTIONS_INVALID, {
      given: `${name}: no message type ${type} is known`,
    });
  return (value) => {
    if (!(value instanceof Uint8Array)) refuse("", `not the bytes of a ${type}`);
    try {
      codec.decode(value) satisfies MessageOf<typeof codec>;
    } catch (cause) {
      throw new OrreryError(stateErrors.STATE_SCHEMA, { given: `not the bytes of a ${type}`, cause });
    }
  };
}
