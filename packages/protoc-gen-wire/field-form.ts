import type { DescField, DescMessage } from "@bufbuild/protobuf";

/**
 * How protobuf-es represents a message-typed field. Wrapper types stand as their value where the field is singular and
 * in no oneof; Struct stands as a JSON object, except within Value.
 */
export type MessageForm = "message" | "wrapper" | "struct";

const WRAPPERS = /^google\.protobuf\.(Double|Float|Int64|UInt64|Int32|UInt32|Bool|String|Bytes)Value$/;

export function messageForm(field: DescField, message: DescMessage): MessageForm {
  if (message.typeName === "google.protobuf.Struct" && field.parent.typeName !== "google.protobuf.Value")
    return "struct";
  if (field.fieldKind === "message" && field.oneof === undefined && WRAPPERS.test(message.typeName))
    return "wrapper";
  return "message";
}

/** How an error names the field. */
export function fieldName(field: DescField): string {
  return JSON.stringify(`${field.parent.typeName}.${field.name}`);
}

export function sortedFields(message: DescMessage): DescField[] {
  return message.fields.toSorted((a, b) => a.number - b.number);
}

/** Property access that also works for names that are no identifiers. */
export function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
