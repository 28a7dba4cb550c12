import { type DescField, type DescMessage } from "@bufbuild/protobuf";
import { readTag } from "./decode.ts";
import { fieldName, sortedFields } from "./field-form.ts";
import { identifier, type Imports, ownName } from "./imports.ts";
import { BIT32, BIT64, LENGTH, scalarOf, tagBytes, tagOf, VARINT, wireTypeOf } from "./scalar.ts";

/*
 * How a view finds where its fields begin. Hot messages are first taken as all writers write them: each field if it is
 * the next, in straight code that asks for the end once, behind the last. Whoever lands exactly there has read nothing
 * but the message; whoever went beyond took bytes of a neighbour for fields, and what he found does not count.
 */

/** The tag that the field has on the wire. */
export function wireTagOf(field: DescField): number {
  if (field.fieldKind === "message" || field.fieldKind === "map") return tagOf(field.number, LENGTH);
  if (field.fieldKind === "list") {
    if (field.listKind === "message" || field.packed) return tagOf(field.number, LENGTH);
    return tagOf(field.number, wireTypeOf(scalarOf(field)));
  }
  return tagOf(field.number, wireTypeOf(scalarOf(field)));
}

/** Notes where each of `noted` begins; a field that occurs twice is noted where it comes last. */
export function scanFunction(
  message: DescMessage,
  noted: readonly DescField[],
  imports: Imports,
  inOrder: boolean,
): string[] {
  const name = identifier(message);
  const typeName = JSON.stringify(message.typeName);
  const forget = noted.map((field) => `view.$at${field.number} = -1;`);
  return [
    `function ${ownName("scan", message)}(view: ${name}View): void {`,
    "view.$twice = false;",
    "const b = view.$b;",
    "const end = view.$e;",
    "let p = view.$s;",
    ...(inOrder
      ? [...noteInOrder(message, noted, imports), "if (p > end) {", ...forget, "p = view.$s;", "}"]
      : forget),
    "while (p < end) {",
    ...readTag("t", imports),
    "switch (t) {",
    ...noted.flatMap((field) => [
      `case ${wireTagOf(field)}:`,
      ...(field.fieldKind === "message" ? [`if (view.$at${field.number} >= 0) view.$twice = true;`] : []),
      `view.$at${field.number} = p;`,
      ...pass(field, imports),
      "break;",
    ]),
    "default:",
    `p = ${imports.runtime("skip")}(b, p, end, t, ${typeName});`,
    "}",
    "}",
    `if (p !== end) ${imports.runtime("failTruncated")}(${typeName});`,
    "view.$known = 2;",
    "}",
  ];
}

/** One store for each field that is noted, present or not. */
function noteInOrder(message: DescMessage, noted: readonly DescField[], imports: Imports): string[] {
  return sortedFields(message).flatMap((field) => {
    if (!noted.includes(field)) return stepOver(field, imports);
    const at = `view.$at${field.number}`;
    const step = takeIfNext(field, [`${at} = p;`, ...passUnchecked(field, imports)]);
    return step.length === 0 ? [`${at} = -1;`] : [...step, `else ${at} = -1;`];
  });
}

/** Moves `p` over the field if it is the next, over all of them if it is a list. */
export function stepOver(field: DescField, imports: Imports): string[] {
  return ifNext(field, (tag) => {
    const size = fixedSize(field);
    return size > 0 ? [`p += ${tag + size};`] : [`p += ${tag};`, ...passUnchecked(field, imports)];
  });
}

/** Does `then`, with `p` behind the tag, if the field is the next. */
export function takeIfNext(field: DescField, then: readonly string[]): string[] {
  return ifNext(field, (tag) => [`p += ${tag};`, ...then]);
}

/** `then` is given how many bytes the tag has; those of three and more are left to the loop. */
function ifNext(field: DescField, then: (tag: number) => readonly string[]): string[] {
  const bytes = tagBytes(field.number, wireTagOf(field) & 7);
  if (bytes.length > 2) return [];
  const test = bytes.map((byte, i) => `b[p${i === 0 ? "" : ` + ${i}`}] === ${byte}`).join(" && ");
  const again = field.fieldKind === "list" || field.fieldKind === "map";
  return [`${again ? "while" : "if"} (${test}) {`, ...then(bytes.length), "}"];
}

/** Moves `p` past the value. */
function pass(field: DescField, imports: Imports): string[] {
  if ((wireTagOf(field) & 7) !== LENGTH) return passUnchecked(field, imports);
  const length = `${imports.runtime("readLength")}(b, p, end, ${fieldName(field)})`;
  return [`p = ${length} + ${imports.runtime("after")}.p;`];
}

/** The same without a look at the end: it may go beyond, and never throws there. */
export function passUnchecked(field: DescField, imports: Imports): string[] {
  switch (wireTagOf(field) & 7) {
    case VARINT:
      return ["while (b[p++]! > 127);"];
    case LENGTH:
      return [`p = b[p]! < 128 ? p + 1 + b[p]! : ${imports.runtime("longEnd")}(b, p, end);`];
    default:
      return [`p += ${fixedSize(field)};`];
  }
}

/** Bytes of a value of fixed size; 0 for others. */
export function fixedSize(field: DescField): number {
  const wireType = wireTagOf(field) & 7;
  return wireType === BIT64 ? 8 : wireType === BIT32 ? 4 : 0;
}
