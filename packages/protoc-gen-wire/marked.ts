import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isWellKnown } from "./imports.ts";

/** Whether the message, or one within it, has a field that `marked` holds for. */
export function hasMarked(
  message: DescMessage,
  marked: (field: DescField) => boolean,
  above: readonly DescMessage[] = [],
): boolean {
  if (isWellKnown(message.file) || above.includes(message)) return false;
  return message.fields.some(
    (field) =>
      marked(field) || (field.message !== undefined && hasMarked(field.message, marked, [...above, message])),
  );
}
