import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { zero } from "./decode.ts";
import { fieldName, messageForm, property, sortedFields } from "./field-form.ts";
import { identifier, type Imports, ownName } from "./imports.ts";
import { LENGTH, scalarOf, typeOf } from "./scalar.ts";
import { fixedSize, passUnchecked, scanFunction, stepOver, takeIfNext, wireTagOf } from "./view-scan.ts";

/** Fields this near the start are looked for from there, without a look at the rest. */
const EARLY = 5;
/** In messages of at most so many fields the first of the later ones is looked for by code of its own. */
const SMALL = 16;

/**
 * `XView`: a scan notes where each singular field begins; getters parse just their own. In hot messages a field near the
 * start is found without that scan, and so is the first of the others that is asked for: who reads one field pays for
 * no notes. Lists, maps and oneofs are read through a full decode, made once on demand.
 */
export function viewClass(message: DescMessage, imports: Imports, inOrder: boolean): string[] {
  const name = identifier(message);
  const type = imports.type(message);
  const noted = sortedFields(message).filter(isNoted);
  const nested = noted.filter(
    (field) => field.fieldKind === "message" && messageForm(field, field.message) === "message",
  );
  const unnoted = new Map(inOrder ? unnotedFields(message, imports) : []);
  const whole = message.members.filter((member) => member.kind === "oneof" || !isNoted(member));
  return [
    `export class ${name}View {`,
    `$b: ${imports.global("Uint8Array")} = ${imports.runtime("noBytes")};`,
    "$s = 0;",
    "$e = 0;",
    "/** 0: nothing; 1: that it is whole; 2: where its fields are. */",
    "$known = 0;",
    "$twice = false;",
    `$whole: ${type} | undefined = undefined;`,
    ...noted.map((field) => `$at${field.number} = -1;`),
    ...nested.map(
      (field) =>
        `$view${field.number}: ${imports.wireView((field as { message: DescMessage }).message)} | undefined = undefined;`,
    ),
    `$reset(bytes: ${imports.global("Uint8Array")}, start: number, end: number): this {`,
    `if (!(start <= end && end <= bytes.length)) ${imports.runtime("failTruncated")}(${JSON.stringify(message.typeName)});`,
    "this.$b = bytes;",
    "this.$s = start;",
    "this.$e = end;",
    "this.$known = 0;",
    "this.$whole = undefined;",
    "return this;",
    "}",
    `$full(): ${type} {`,
    `return (this.$whole ??= ${ownName("decode", message)}(this.$b, this.$s, this.$e, 1));`,
    "}",
    ...noted.flatMap((field) => getter(field, ownName("scan", message), imports, unnoted.get(field))),
    ...whole.flatMap((member) => [
      `get ${accessor(member.localName)}(): ${type}[${JSON.stringify(member.localName)}] {`,
      `return this.$full()${property(member.localName)};`,
      "}",
    ]),
    "}",
    "",
    ...scanFunction(message, noted, imports, inOrder),
  ];
}

/** Fields that are found without notes, each with the code that does. */
function unnotedFields(message: DescMessage, imports: Imports): [DescField, string[]][] {
  const fields = sortedFields(message);
  return fields.flatMap((field, index): [DescField, string[]][] => {
    if (!isNoted(field) || field.fieldKind === "message") return [];
    const before = fields.slice(0, index).flatMap((other) => stepOver(other, imports));
    const name = ownName("scan", message);
    if (index < EARLY && field.number < 16) return [[field, seekEarly(field, name, before)]];
    if (fields.length > SMALL || wireTagOf(field) >= 16_384) return [];
    const here = takeIfNext(field, ["at = p;", ...passUnchecked(field, imports)]);
    const behind = fields.slice(index + 1).flatMap((other) => stepOver(other, imports));
    return [[field, seekLate(field, name, [...before, ...here, ...behind])]];
  });
}

function isNoted(member: DescField): boolean {
  if (member.oneof !== undefined) return false;
  return member.fieldKind === "scalar" || member.fieldKind === "enum" || member.fieldKind === "message";
}

function accessor(localName: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(localName) ? localName : JSON.stringify(localName);
}

/** Looks for a field near the start from there, without a look at the rest: what it finds lies before the end, whole. */
function seekEarly(field: DescField, name: string, before: readonly string[]): string[] {
  const slot = `this.$at${field.number}`;
  return [
    `let at = ${slot};`,
    "if (this.$known < 2) {",
    "const b = this.$b;",
    "const end = this.$e;",
    "let p = this.$s;",
    ...before,
    ...takeWhole(field),
    "else {",
    `${name}(this);`,
    `at = ${slot};`,
    "}",
    "}",
  ];
}

/** Sets `at` if the field is the next and ends before `end`. Lengths are looked at where their value is read. */
function takeWhole(field: DescField): string[] {
  const next = `b[p] === ${wireTagOf(field)}`;
  const size = fixedSize(field);
  if (size > 0) return [`if (${next} && p + ${size} < end) at = p + 1;`];
  if ((wireTagOf(field) & 7) === LENGTH) return [`if (${next} && p < end) at = p + 1;`];
  return [
    `const start = p + 1;`,
    `if (${next}) while (b[++p]! > 127);`,
    "if (p >= start && p < end) at = start;",
  ];
}

/** Walks over the whole message without notes for the first that asks; the second is worth a scan. */
function seekLate(field: DescField, name: string, walk: readonly string[]): string[] {
  const slot = `this.$at${field.number}`;
  return [
    "let at = -1;",
    "if (this.$known === 0) {",
    "const b = this.$b;",
    "const end = this.$e;",
    "let p = this.$s;",
    ...walk,
    "if (p === end) this.$known = 1;",
    "else {",
    `${name}(this);`,
    `at = ${slot};`,
    "}",
    "} else {",
    `if (this.$known === 1) ${name}(this);`,
    `at = ${slot};`,
    "}",
  ];
}

/** `unnoted`: how it is found without notes; sets `at`. */
function getter(
  field: DescField,
  name: string,
  imports: Imports,
  unnoted: readonly string[] | undefined,
): string[] {
  const at = "at";
  const find = unnoted ?? [`if (this.$known < 2) ${name}(this);`, `const at = this.$at${field.number};`];
  const head = (type: string) => [`get ${accessor(field.localName)}(): ${type} {`, ...find];
  if (field.fieldKind === "message") return messageGetter(field, head, imports);
  const scalar = scalarOf(field);
  const longAsString = field.fieldKind === "scalar" && field.longAsString;
  const implicit = field.presence === 2;
  const base =
    field.fieldKind === "enum" ? imports.enumType(field.enum) : typeOf(scalar, longAsString, imports);
  const zeroText = field.fieldKind === "enum" ? "0" : zero(scalar, longAsString, imports);
  const value = readExpression(scalar, at, fieldName(field), longAsString, imports);
  const read = field.fieldKind === "enum" ? `(${value}) as ${base}` : value;
  return [
    ...head(implicit ? base : `${base} | undefined`),
    `return at < 0 ? ${implicit ? zeroText : "undefined"} : ${read};`,
    "}",
  ];
}

function messageGetter(
  field: DescField & { readonly fieldKind: "message" },
  head: (type: string) => string[],
  imports: Imports,
): string[] {
  const whole = `this.$full()${property(field.localName)}`;
  if (messageForm(field, field.message) !== "message") {
    const type = `${imports.type(field.parent)}[${JSON.stringify(field.localName)}]`;
    return [...head(type), `return at < 0 ? undefined : ${whole};`, "}"];
  }
  const view = imports.wireView(field.message);
  return [
    ...head(`${view} | undefined`),
    "if (at < 0) return undefined;",
    `const view = (this.$view${field.number} ??= new ${view}());`,
    "if (this.$twice) {",
    `const merged = ${imports.runtime("encodeBytes")}(${imports.wire(field.message, "")}, ${whole}!);`,
    "return view.$reset(merged, 0, merged.length);",
    "}",
    `const n = ${imports.runtime("readLength")}(this.$b, at, this.$e, ${fieldName(field)});`,
    `return view.$reset(this.$b, ${imports.runtime("after")}.p, ${imports.runtime("after")}.p + n);`,
    "}",
  ];
}

function readExpression(
  scalar: ScalarType,
  at: string,
  name: string,
  longAsString: boolean,
  imports: Imports,
): string {
  const call = (read: string) => `${imports.runtime(read)}(this.$b, ${at})`;
  const long = (read: string) => (longAsString ? `${imports.global("String")}(${call(read)})` : call(read));
  switch (scalar) {
    case ScalarType.INT32:
      return `${call("readVarint")} | 0`;
    case ScalarType.UINT32:
      return call("readVarint");
    case ScalarType.SINT32:
      return call("readSint32");
    case ScalarType.BOOL:
      return call("readBool");
    case ScalarType.FIXED32:
      return `${call("readFixed32")} >>> 0`;
    case ScalarType.SFIXED32:
      return call("readFixed32");
    case ScalarType.FLOAT:
      return call("readFloat");
    case ScalarType.DOUBLE:
      return call("readDouble");
    case ScalarType.INT64:
      return long("readInt64");
    case ScalarType.UINT64:
      return long("readUint64");
    case ScalarType.SINT64:
      return long("readSint64");
    case ScalarType.FIXED64:
      return long("readFixed64");
    case ScalarType.SFIXED64:
      return long("readSfixed64");
    case ScalarType.STRING:
      return `${imports.runtime("readString")}(this.$b, ${at}, this.$e, ${name})`;
    case ScalarType.BYTES:
      return `${imports.runtime("readBytes")}(this.$b, ${at}, this.$e, ${name})`;
  }
}
