import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { readTag, zero } from "./decode.ts";
import { fieldName, messageForm, property, sortedFields } from "./field-form.ts";
import { identifier, type Imports } from "./imports.ts";
import { LENGTH, scalarOf, tagOf, typeOf, VARINT, wireTypeOf } from "./scalar.ts";

/** Fields this near the start are looked for from there, without a scan of the rest. */
const EARLY = 5;

/**
 * `XView`: a scan notes where each singular field begins; getters parse just their own. In hot messages a field near the
 * start is found without that scan. Lists, maps and oneofs are read through a full decode, made once on demand.
 */
export function viewClass(message: DescMessage, imports: Imports, inOrder: boolean): string[] {
  const name = identifier(message);
  const type = imports.type(message);
  const noted = sortedFields(message).filter(isNoted);
  const nested = noted.filter(
    (field) => field.fieldKind === "message" && messageForm(field, field.message) === "message",
  );
  const early = new Map(inOrder ? earlyFields(message) : []);
  const whole = message.members.filter((member) => member.kind === "oneof" || !isNoted(member));
  return [
    `export class ${name}View {`,
    "$b: Uint8Array = new Uint8Array(0);",
    "$s = 0;",
    "$e = 0;",
    "$scanned = false;",
    "$twice = false;",
    `$whole: ${type} | undefined = undefined;`,
    ...noted.map((field) => `$at${field.number} = -1;`),
    ...nested.map(
      (field) =>
        `$view${field.number}: ${imports.wireView((field as { message: DescMessage }).message)} | undefined = undefined;`,
    ),
    `$reset(bytes: Uint8Array, start: number, end: number): this {`,
    `if (!(start <= end && end <= bytes.length)) ${imports.runtime("failTruncated")}(${JSON.stringify(message.typeName)});`,
    "this.$b = bytes;",
    "this.$s = start;",
    "this.$e = end;",
    "this.$scanned = false;",
    "this.$whole = undefined;",
    "return this;",
    "}",
    `$full(): ${type} {`,
    `return (this.$whole ??= decode${name}(this.$b, this.$s, this.$e, 1));`,
    "}",
    ...noted.flatMap((field) => getter(field, name, imports, early.get(field))),
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

/** Fields near the start, each with those before it. */
function earlyFields(message: DescMessage): [DescField, DescField[]][] {
  const first = sortedFields(message).slice(0, EARLY);
  return first.flatMap((field, index) => (isEarly(field) ? [[field, first.slice(0, index)]] : []));
}

/** Messages may have to be merged, which only a whole scan sees. */
function isEarly(field: DescField): boolean {
  return isNoted(field) && field.fieldKind !== "message" && field.number < 16;
}

function isNoted(member: DescField): boolean {
  if (member.oneof !== undefined) return false;
  return member.fieldKind === "scalar" || member.fieldKind === "enum" || member.fieldKind === "message";
}

function accessor(localName: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(localName) ? localName : JSON.stringify(localName);
}

/** Notes where fields begin: in the writers' order without a loop when `inOrder`, then whatever is left. */
function scanFunction(
  message: DescMessage,
  noted: DescField[],
  imports: Imports,
  inOrder: boolean,
): string[] {
  const name = identifier(message);
  const typeName = JSON.stringify(message.typeName);
  return [
    `function scan${name}(view: ${name}View): void {`,
    "view.$twice = false;",
    "const b = view.$b;",
    "const end = view.$e;",
    "let p = view.$s;",
    ...(inOrder ? expected(message, imports) : noted.map((field) => `view.$at${field.number} = -1;`)),
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
    "view.$scanned = true;",
    "}",
  ];
}

/** Takes each field if it is the next: one store for each that is noted, present or not. */
function expected(message: DescMessage, imports: Imports): string[] {
  const peek = "p < end ? b[p]! : 0";
  const lines = [`let n0 = ${peek};`];
  for (const field of sortedFields(message)) {
    const tag = wireTagOf(field);
    const at = isNoted(field) ? `view.$at${field.number}` : undefined;
    const step = [...(at === undefined ? [] : [`${at} = p;`]), ...pass(field, imports), `n0 = ${peek};`];
    const test = tag < 128 ? `n0 === ${tag}` : `n0 === ${(tag & 127) | 128} && b[p + 1] === ${tag >>> 7}`;
    if (tag < 16_384) {
      const again = field.fieldKind === "list" || field.fieldKind === "map";
      lines.push(`${again ? "while" : "if"} (${test}) {`, tag < 128 ? "p++;" : "p += 2;", ...step, "}");
      if (at !== undefined) lines.push(`else ${at} = -1;`);
    } else if (at !== undefined) lines.push(`${at} = -1;`);
  }
  return lines;
}

function wireTagOf(field: DescField): number {
  if (field.fieldKind === "message" || field.fieldKind === "map") return tagOf(field.number, LENGTH);
  if (field.fieldKind === "list") {
    if (field.listKind === "message" || field.packed) return tagOf(field.number, LENGTH);
    return tagOf(field.number, wireTypeOf(scalarOf(field)));
  }
  return tagOf(field.number, wireTypeOf(scalarOf(field)));
}

/** Moves `p` past the value. */
function pass(field: DescField, imports: Imports): string[] {
  switch (wireTagOf(field) & 7) {
    case VARINT:
      return ["while (b[p++]! > 127);"];
    case LENGTH:
      return [
        `p = ${imports.runtime("readLength")}(b, p, end, ${fieldName(field)}) + ${imports.runtime("after")}.p;`,
      ];
    default:
      return [`p += ${(wireTagOf(field) & 7) === 1 ? 8 : 4};`];
  }
}

/** Moves `p` over a field if it is the next; bounds are checked once, at the field that is looked for. */
function stepOver(field: DescField): string[] {
  const tag = wireTagOf(field);
  switch (tag & 7) {
    case VARINT:
      return [`if (b[p] === ${tag}) {`, "p++;", "while (b[p++]! > 127);", "}"];
    case LENGTH:
      return [`if (b[p] === ${tag} && b[p + 1]! < 128) p += 2 + b[p + 1]!;`];
    default:
      return [`if (b[p] === ${tag}) p += ${(tag & 7) === 1 ? 9 : 5};`];
  }
}

/** `early`: the fields before this one, when it stands so near the start that it is found without a scan. */
function getter(
  field: DescField,
  name: string,
  imports: Imports,
  early: readonly DescField[] | undefined,
): string[] {
  const at = "at";
  const slot = `this.$at${field.number}`;
  const find =
    early === undefined
      ? [`if (!this.$scanned) scan${name}(this);`, `const at = ${slot};`]
      : [
          `let at = ${slot};`,
          "if (!this.$scanned) {",
          "const b = this.$b;",
          "let p = this.$s;",
          ...early.flatMap(stepOver),
          `if (b[p] === ${wireTagOf(field)} && p < this.$e) at = p + 1;`,
          "else {",
          `scan${name}(this);`,
          `at = ${slot};`,
          "}",
          "}",
        ];
  const head = (type: string) => [`get ${accessor(field.localName)}(): ${type} {`, ...find];
  if (field.fieldKind === "message") return messageGetter(field, head, imports);
  const scalar = scalarOf(field);
  const longAsString = field.fieldKind === "scalar" && field.longAsString;
  const implicit = field.presence === 2;
  const base = field.fieldKind === "enum" ? imports.enumType(field.enum) : typeOf(scalar, longAsString);
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
  const long = (read: string) => (longAsString ? `String(${call(read)})` : call(read));
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
