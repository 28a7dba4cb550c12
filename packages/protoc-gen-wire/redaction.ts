import { type DescExtension, type DescMessage, getOption } from "@bufbuild/protobuf";
import { type Imports, ownName } from "./imports.ts";
import { hasMarked } from "./marked.ts";

/** Whether the message or one within it has a field marked `server_only`. */
export function hasServerOnly(message: DescMessage, option: DescExtension | undefined): boolean {
  return option !== undefined && hasMarked(message, (field) => getOption(field, option) === true);
}

/** `$redactX`: which fields to cut, and which messages to look into. Empty when there is nothing. */
export function redactionTable(
  message: DescMessage,
  option: DescExtension | undefined,
  imports: Imports,
): string[] {
  if (!hasServerOnly(message, option)) return [];
  const entries = message.fields.flatMap((field) => {
    if (getOption(field, option!) === true) return [`[${field.number}, "cut"],`];
    if (field.message === undefined || !hasServerOnly(field.message, option)) return [];
    const inner = `() => ${imports.wire(field.message, "redact")}`;
    return [
      `[${field.number}, ${field.fieldKind === "map" ? `${imports.runtime("inMapValues")}(${inner})` : inner}],`,
    ];
  });
  const type = imports.runtimeType("Redaction");
  return [
    `export const ${ownName("redact", message)}: ${type} = new ${imports.global("Map")}<number, "cut" | (() => ${type})>([`,
    ...entries,
    "]);",
    "",
  ];
}
