import { type DescField, type DescMessage, getOption, hasOption, ScalarType } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label } from "@bufbuild/protobuf/wkt";
import { event } from "@orrery/schema/orrery";
import type { Break } from "./compare.ts";
import { lostReservations, reservedOf } from "./reserved.ts";

export function* compareMessages(was: DescMessage, is: DescMessage): Generator<Break> {
  const reserved = reservedOf(is.proto, "exclusive");
  for (const field of was.fields) {
    const now = is.fields.find(({ number }) => number === field.number);
    if (now !== undefined) yield* compareFields(field, now);
    else yield* reserved.deleted("FIELD", `${was.typeName}.${field.name}`, field, typeOf(field));
  }
  yield* lostReservations(
    "RESERVED_MESSAGE_NO_DELETE",
    was.typeName,
    reservedOf(was.proto, "exclusive"),
    reserved,
  );
  const [before, after] = [was, is].map(requiredOf);
  if (before !== after)
    yield {
      field: was.typeName,
      rule: "MESSAGE_SAME_REQUIRED_FIELDS",
      was: before || "none",
      is: after || "none",
    };
  yield* compareEvents(was, is);
}

function* compareFields(was: DescField, is: DescField): Generator<Break> {
  const field = `${was.parent.typeName}.${was.name}`;
  const differs = (rule: string, before: string, after: string): Break[] =>
    before === after ? [] : [{ field, rule, was: before || "none", is: after || "none" }];
  yield* differs("FIELD_SAME_TYPE", typeOf(was), typeOf(is));
  yield* differs("FIELD_SAME_JSON_NAME", was.jsonName, is.jsonName);
  yield* differs("FIELD_SAME_ONEOF", was.oneof?.name ?? "none", is.oneof?.name ?? "none");
  yield* differs("FIELD_SAME_DEFAULT", was.proto.defaultValue, is.proto.defaultValue);
}

function* compareEvents(was: DescMessage, is: DescMessage): Generator<Break> {
  for (const option of ["lane", "key"] as const) {
    const [before, after] = [was, is].map((message) =>
      hasOption(message, event) ? String(getOption(message, event)[option]) : "none",
    );
    // Order is by key within a lane: a reader of the old one would see events pass each other.
    if (before !== "none" && before !== after)
      yield {
        field: was.typeName,
        rule: `EVENT_SAME_${option.toUpperCase()}`,
        was: before ?? "",
        is: after ?? "",
      };
  }
}

function requiredOf({ proto }: DescMessage): string {
  const required = proto.field.filter(({ label }) => label === FieldDescriptorProto_Label.REQUIRED);
  return required
    .map(({ number }) => number)
    .sort()
    .join(", ");
}

/** `repeated string`, `map<string, double>`, `weather.v1.Front`. */
function typeOf(field: DescField): string {
  const scalar = (type: ScalarType) => ScalarType[type].toLowerCase();
  const of = (type: { scalar?: ScalarType; message?: DescMessage; enum?: { typeName: string } }) =>
    type.message?.typeName ?? type.enum?.typeName ?? (type.scalar === undefined ? "" : scalar(type.scalar));
  if (field.fieldKind === "map") return `map<${scalar(field.mapKey)}, ${of(field as never)}>`;
  const presence = field.fieldKind === "list" ? "repeated " : "";
  const delimited = field.fieldKind === "message" && field.delimitedEncoding ? "group " : "";
  return `${presence}${delimited}${of(field as never)}`;
}
