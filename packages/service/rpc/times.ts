import { type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";

/** A field of a message that is a time, or leads to one. */
interface TimeField {
  readonly field: DescField;
  readonly within: DescMessage | undefined;
}

const known = new WeakMap<DescMessage, readonly TimeField[]>();

/**
 * Times are doubles named `_gs` or `_ms`: beyond 2^53 - 1 a second or millisecond more changes nothing, and whoever
 * counts days or hours up to them never ends.
 * @throws RPC_FIELD_INVALID naming the field
 */
export function checkTimes(message: DescMessage, given: Message): void {
  for (const { field, within } of timeFields(message)) {
    for (const value of valuesOf(field, given)) {
      if (within !== undefined) checkTimes(within, value as Message);
      else if (!(Math.abs(value as number) <= Number.MAX_SAFE_INTEGER)) {
        throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
          given: `${field.name} ${value}, at most ±(2^53 - 1)`,
        });
      }
    }
  }
}

function timeFields(message: DescMessage): readonly TimeField[] {
  let fields = known.get(message);
  if (fields === undefined) {
    fields = message.fields.flatMap((field): TimeField[] => {
      if (isTime(field)) return [{ field, within: undefined }];
      const within = partOf(field);
      return within !== undefined && leadsToTime(within, new Set()) ? [{ field, within }] : [];
    });
    known.set(message, fields);
  }
  return fields;
}

/** @param seen messages on the way: one may hold itself */
function leadsToTime(message: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return message.fields.some((field) => {
    const within = partOf(field);
    return isTime(field) || (within !== undefined && leadsToTime(within, seen));
  });
}

const partOf = (field: DescField) => (field.fieldKind === "map" ? undefined : field.message);

function isTime(field: DescField): boolean {
  return (
    /_(gs|ms)$/.test(field.name) &&
    (field.fieldKind === "scalar" || field.fieldKind === "list") &&
    field.scalar === ScalarType.DOUBLE
  );
}

/** What is set: one value, each of a list, the chosen one of a oneof. */
function valuesOf(field: DescField, given: Message): readonly unknown[] {
  const holder = given as unknown as Record<string, unknown>;
  if (field.oneof !== undefined) {
    const chosen = holder[field.oneof.localName] as { case?: string; value?: unknown };
    return chosen.case === field.localName ? [chosen.value] : [];
  }
  const value = holder[field.localName];
  if (value === undefined) return [];
  return field.fieldKind === "list" ? (value as readonly unknown[]) : [value];
}
