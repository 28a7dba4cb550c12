import type { FieldChange, Value } from "@orrery/schema/state/v1";

/** A value in one line, as a reader takes it in. */
export function valueText(value: Value | undefined): string {
  const kind = value?.kind;
  switch (kind?.case) {
    case undefined:
      return "nothing";
    case "nullValue":
      return "null";
    case "stringValue":
      return JSON.stringify(kind.value);
    case "bytesValue":
      return `${kind.value.length} bytes`;
    case "listValue":
      return `[${kind.value.items.map(valueText).join(", ")}]`;
    case "mapValue":
      return `{${kind.value.entries.map(({ key, value: own }) => `${key}: ${valueText(own)}`).join(", ")}}`;
    default:
      return String(kind?.value);
  }
}

export function changeText({ path, old, new: now }: FieldChange): string {
  return `${path || "the whole"}: ${valueText(old)} → ${valueText(now)}`;
}
