import { type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";

/** A field that names a world, or a message that leads to one. */
interface WorldField {
  readonly field: DescField;
  readonly within: DescMessage | undefined;
}

const known = new WeakMap<DescMessage, readonly WorldField[]>();

/** Every world that a request names, wherever it does: in fields called `world_id`, `…_world_id`, `world_a` or the like. */
export function* worldsIn(message: DescMessage, given: Message): Iterable<string> {
  const holder = given as unknown as Record<string, unknown>;
  for (const { field, within } of worldFields(message)) {
    for (const value of valuesOf(field, holder))
      if (within === undefined) yield String(value);
      else yield* worldsIn(within, value as Message);
  }
}

function worldFields(message: DescMessage): readonly WorldField[] {
  let fields = known.get(message);
  if (fields === undefined) {
    fields = message.fields.flatMap((field): WorldField[] => {
      if (namesWorld(field)) return [{ field, within: undefined }];
      const within = field.fieldKind === "map" ? undefined : field.message;
      return within !== undefined && leadsToWorld(within, new Set()) ? [{ field, within }] : [];
    });
    known.set(message, fields);
  }
  return fields;
}

const namesWorld = (field: DescField) =>
  /(^|_)world(_ids?|_[a-z])?$/.test(field.name) &&
  (field.fieldKind === "scalar" || field.fieldKind === "list") &&
  field.scalar === ScalarType.STRING;

/** @param seen messages on the way: one may hold itself */
function leadsToWorld(message: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return message.fields.some(
    (field) =>
      namesWorld(field) ||
      (field.fieldKind !== "map" && field.message !== undefined && leadsToWorld(field.message, seen)),
  );
}

/** What is set: one value, each of a list, the chosen one of a oneof. */
function valuesOf(field: DescField, holder: Record<string, unknown>): readonly unknown[] {
  if (field.oneof !== undefined) {
    const chosen = holder[field.oneof.localName] as { case?: string; value?: unknown };
    return chosen.case === field.localName ? [chosen.value] : [];
  }
  const value = holder[field.localName];
  if (value === undefined) return [];
  return field.fieldKind === "list" ? (value as readonly unknown[]) : [value];
}
