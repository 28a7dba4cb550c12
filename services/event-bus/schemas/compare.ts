import {
  createFileRegistry,
  type DescEnum,
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  getOption,
  hasOption,
  ScalarType,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { event } from "@orrery/schema/orrery";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";

/** What a reader or writer of the older contracts would trip over; rules have buf's names where buf has one. */
export interface Break {
  readonly field: string;
  readonly rule: string;
  readonly was: string;
  readonly is: string;
}

/** @throws BUS_SCHEMA_UNREADABLE */
export function readSet(bytes: Uint8Array): FileRegistry {
  try {
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  } catch (cause) {
    throw new OrreryError(journalErrors.BUS_SCHEMA_UNREADABLE, {
      given: `${bytes.length} bytes: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}

/** Old events must be readable by new code, new ones by old code, in bytes and in JSON. */
export function compareSets(older: FileRegistry, newer: FileRegistry): Break[] {
  const breaks: Break[] = [];
  for (const was of older) {
    if (was.kind === "message") {
      const is = newer.getMessage(was.typeName);
      if (is === undefined)
        breaks.push({ field: was.typeName, rule: "MESSAGE_NO_DELETE", was: "message", is: "absent" });
      else breaks.push(...compareMessages(was, is));
    } else if (was.kind === "enum") {
      const is = newer.getEnum(was.typeName);
      if (is === undefined)
        breaks.push({ field: was.typeName, rule: "ENUM_NO_DELETE", was: "enum", is: "absent" });
      else breaks.push(...compareEnums(was, is));
    }
  }
  return breaks;
}

function* compareMessages(was: DescMessage, is: DescMessage): Generator<Break> {
  for (const field of was.fields) {
    const name = `${was.typeName}.${field.name}`;
    const now = is.fields.find(({ number }) => number === field.number);
    if (now === undefined) {
      if (!isReserved(is, field))
        yield {
          field: name,
          rule: "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
          was: typeOf(field),
          is: "absent",
        };
      continue;
    }
    if (typeOf(field) !== typeOf(now))
      yield { field: name, rule: "FIELD_SAME_TYPE", was: typeOf(field), is: typeOf(now) };
    if (field.jsonName !== now.jsonName)
      yield { field: name, rule: "FIELD_SAME_JSON_NAME", was: field.jsonName, is: now.jsonName };
    if (field.oneof?.name !== now.oneof?.name)
      yield {
        field: name,
        rule: "FIELD_SAME_ONEOF",
        was: field.oneof?.name ?? "none",
        is: now.oneof?.name ?? "none",
      };
  }
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

function* compareEnums(was: DescEnum, is: DescEnum): Generator<Break> {
  for (const value of was.values) {
    const name = `${was.typeName}.${value.name}`;
    const now = is.values.find(({ number }) => number === value.number);
    const reserved = is.proto.reservedRange.some(
      ({ start, end }) => value.number >= start && value.number <= end,
    );
    if (now === undefined) {
      if (!reserved)
        yield {
          field: name,
          rule: "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
          was: String(value.number),
          is: "absent",
        };
    } else if (now.name !== value.name)
      yield { field: name, rule: "ENUM_VALUE_SAME_NAME", was: value.name, is: now.name };
  }
}

const isReserved = (message: DescMessage, { number, name }: DescField) =>
  message.proto.reservedRange.some(({ start, end }) => number >= start && number < end) ||
  message.proto.reservedName.includes(name);

/** `repeated string`, `map<string, double>`, `weather.v1.Front`. */
function typeOf(field: DescField): string {
  const scalar = (type: ScalarType) => ScalarType[type].toLowerCase();
  const of = (type: { scalar?: ScalarType; message?: DescMessage; enum?: DescEnum }) =>
    type.message?.typeName ?? type.enum?.typeName ?? (type.scalar === undefined ? "" : scalar(type.scalar));
  if (field.fieldKind === "map") return `map<${scalar(field.mapKey)}, ${of(field as never)}>`;
  const presence = field.fieldKind === "list" ? "repeated " : "";
  return `${presence}${of(field as never)}`;
}
