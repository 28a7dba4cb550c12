import { equals, type Message } from "@bufbuild/protobuf";
import { codecs } from "@orrery/schema/registry";
import type { Found } from "../journal/read.ts";

type Bytes = Found["payload"];

const text = (value: unknown) =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);

/** Names of fields in which two messages of one type differ, by the schema; undefined: the type is not known here. */
export function fieldsThatDiffer(
  type: string,
  a: Bytes,
  b: Bytes,
): { field: string; valueA: string; valueB: string }[] | undefined {
  const codec = codecs.get(type);
  if (codec === undefined) return undefined;
  const [x, y] = [a, b].map((bytes) => codec.decode(bytes as Uint8Array)) as Record<string, unknown>[];
  return codec.schema.fields
    .filter((field) => {
      const [one, other] = [x?.[field.localName], y?.[field.localName]];
      return field.fieldKind === "message" && one !== undefined && other !== undefined
        ? !equals(field.message, one as Message, other as Message)
        : text(one) !== text(other);
    })
    .map((field) => ({
      field: field.name,
      valueA: text(x?.[field.localName]),
      valueB: text(y?.[field.localName]),
    }));
}

/** The first of them; of a type that is not known here the bytes. */
export function firstFieldThatDiffers(type: string, a: Bytes, b: Bytes) {
  const hex = (bytes: Bytes) => Buffer.from(bytes ?? []).toString("hex");
  return fieldsThatDiffer(type, a, b)?.[0] ?? { field: "payload", valueA: hex(a), valueB: hex(b) };
}
