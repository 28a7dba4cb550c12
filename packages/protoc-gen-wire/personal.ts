import {
  type DescExtension,
  type DescField,
  type DescMessage,
  getOption,
  ScalarType,
} from "@bufbuild/protobuf";
import type { Options } from "./facts.ts";
import { type Imports, ownName } from "./imports.ts";
import { hasMarked } from "./marked.ts";

/** Whose a field is, as its option names it; undefined: it is nobody's. */
function subjectName(field: DescField, option: DescExtension | undefined): string | undefined {
  const given = option === undefined ? "" : (getOption(field, option) as unknown);
  return typeof given === "string" && given !== "" ? given : undefined;
}

/** Whether the message or one within it has a field marked `personal`. */
export function hasPersonal(message: DescMessage, option: DescExtension | undefined): boolean {
  return option !== undefined && hasMarked(message, (field) => subjectName(field, option) !== undefined);
}

/** `personalX`: which fields are personal and whose, and which messages to look into. Empty when there is nothing. */
export function personalTable(message: DescMessage, options: Options, imports: Imports): string[] {
  const option = options.personal;
  if (!hasPersonal(message, option)) return [];
  const entries = message.fields.flatMap((field) => {
    const name = `number: ${field.number}, name: ${JSON.stringify(field.localName)}`;
    if (subjectName(field, option) !== undefined)
      return [`{ ${name}, subject: ${JSON.stringify(subjectOf(field, options).localName)} },`];
    if (field.message === undefined || !hasPersonal(field.message, option)) return [];
    const oneof = field.oneof === undefined ? "" : `, oneof: ${JSON.stringify(field.oneof.localName)}`;
    return [`{ ${name}${oneof}, of: () => ${imports.wire(field.message, "personal")} },`];
  });
  const type = imports.runtimeType("PersonalTable");
  return [`export const ${ownName("personal", message)}: ${type} = [`, ...entries, "];", ""];
}

/** The field that says whose a personal one is; throws with a sentence when the option is where it cannot be kept. */
function subjectOf(field: DescField, options: Options): DescField {
  const name = subjectName(field, options.personal);
  const refuse = (why: string): never => {
    throw new Error(`${field.parent.typeName}.${field.name}: (orrery.personal) ${why}`);
  };
  const isText = field.scalar === ScalarType.STRING || field.scalar === ScalarType.BYTES;
  if (!isText || field.fieldKind === "map")
    refuse("is for string and bytes fields, since a sealed value is longer than what it hides");
  if (field.oneof !== undefined)
    refuse("cannot be on a member of a oneof; put the oneof's message in between");
  if (options.entity !== undefined && getOption(field, options.entity) === true)
    refuse("and (orrery.entity) exclude each other: the journal's index would keep the value");
  const subject = field.parent.fields.find((candidate) => candidate.name === name);
  if (subject === undefined) {
    const names = field.parent.fields.map((candidate) => candidate.name).join(", ");
    return refuse(`names no field "${name}" beside it; there are ${names}`);
  }
  if (subject.fieldKind !== "scalar" || subject.scalar !== ScalarType.STRING || subject.oneof !== undefined)
    refuse(`must name a singular string field outside a oneof, and ${subject.name} is none`);
  if (subjectName(subject, options.personal) !== undefined)
    refuse(`names ${subject.name}, which is personal itself: nobody could tell whose key opens it`);
  return subject;
}

/** An event's envelope is not sealed: what stands there must not be personal. */
export function refusePersonal(field: DescField | undefined, use: string, options: Options): void {
  if (field === undefined || subjectName(field, options.personal) === undefined) return;
  throw new Error(
    `${field.parent.typeName}.${field.name}: (orrery.personal) cannot be on the field that (orrery.event).${use} names: it is read without being opened`,
  );
}
