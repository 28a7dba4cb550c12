import { type Value, ValueType } from "@orrery/schema/settings/v1";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";

type Kind = Value["kind"];

/** A value as a person writes it, read as its definition's type has it. @throws CLI_BAD_ARGUMENT */
export function readValue(text: string, type: ValueType): { kind: Kind } {
  switch (type) {
    case ValueType.BOOL:
      if (text !== "true" && text !== "false") bad(text, "true or false");
      return { kind: { case: "boolValue", value: text === "true" } };
    case ValueType.INT:
      return { kind: { case: "intValue", value: numberIn(text) } };
    case ValueType.FLOAT:
    case ValueType.DURATION_MS:
      return { kind: { case: "doubleValue", value: numberIn(text) } };
    case ValueType.JSON:
      return { kind: { case: "jsonValue", value: text } };
    default:
      return { kind: { case: "stringValue", value: text } };
  }
}

/** A value as a table shows it; what is hidden or absent is a dash. */
export const shownValue = (value: Value | undefined): string =>
  value?.kind.case === undefined ? "-" : String(value.kind.value);

function numberIn(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) bad(text, "a number");
  return value;
}

function bad(text: string, wanted: string): never {
  throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, { given: `${text}: wants ${wanted}` });
}
