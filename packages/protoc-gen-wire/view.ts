import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { readTag } from "./decode.ts";
import { fieldName, messageForm, property, sortedFields } from "./field-form.ts";
import { identifier, type Imports } from "./imports.ts";
import { LENGTH, scalarOf, tagOf, typeOf, VARINT, wireTypeOf, zeroOf } from "./scalar.ts";

/**
 * `XView`: a scan notes where each singular field begins (the last one counts, as protobuf says); getters parse just
 * their own. Lists, maps and oneofs are read through a full decode, made once on demand.
 */
export function viewClass(message: DescMessage, imports: Imports): string[] {
  const name = identifier(message);
  const type = imports.type(message);
  const noted = sortedFields(message).filter(isNoted);
  const nested = noted.filter(
    (field) => field.fieldKind === "message" && messageForm(field, field.message) === "message",
  );
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
    ...noted.flatMap((field) => getter(field, name, imports)),
    ...whole.flatMap((member) => [
      `get ${accessor(member.localName)}(): ${type}[${JSON.stringify(member.localName)}] {`,
      `return this.$full()${property(member.localName)};`,
      "}",
    ]),
    "}",
    "",
    ...scanFunction(message, noted, imports),
  ];
}

function isNoted(member: DescField): boolean {
  if (member.oneof !== undefined) return false;
  return member.fieldKind === "scalar" || member.fieldKind === "enum" || member.fieldKind === "message";
}

function accessor(localName: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(localName) ? localName : JSON.stringify(localName);
}

function scanFunction(message: DescMessage, noted: DescField[], imports: Imports): string[] {
  const name = identifier(message);
  const typeName = JSON.stringify(message.typeName);
  return [
    `function scan${name}(view: ${name}View): void {`,
    ...noted.map((field) => `view.$at${field.number} = -1;`),
    "view.$twice = false;",
    "const b = view.$b;",
    "const end = view.$e;",
    "let p = view.$s;",
    "while (p < end) {",
    ...readTag("t", imports),
    "switch (t) {",
    ...noted.flatMap((field) => [
      `case ${tagOf(field.number, field.fieldKind === "message" ? LENGTH : wireTypeOf(scalarOf(field)))}:`,
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

/** Moves `p` past the value. */
function pass(field: DescField, imports: Imports): string[] {
  const wireType = field.fieldKind === "message" ? LENGTH : wireTypeOf(scalarOf(field));
  switch (wireType) {
    case VARINT:
      return ["while (b[p++]! > 127);"];
    case LENGTH:
      return [
        `p = ${imports.runtime("readLength")}(b, p, end, ${fieldName(field)}) + ${imports.runtime("after")}.p;`,
      ];
    default:
      return [`p += ${wireType === 1 ? 8 : 4};`];
  }
}

function getter(field: DescField, name: string, imports: Imports): string[] {
  const at = `this.$at${field.number}`;
  const scan = `if (!this.$scanned) scan${name}(this);`;
  const head = (type: string) => [`get ${accessor(field.localName)}(): ${type} {`, scan];
  if (field.fieldKind === "message") {
    if (messageForm(field, field.message) !== "message") {
      return [
        ...head(`${imports.type(field.parent)}[${JSON.stringify(field.localName)}]`),
        `return ${at} < 0 ? undefined : this.$full()${property(field.localName)};`,
        "}",
      ];
    }
    const view = imports.wireView(field.message);
    return [
      ...head(`${view} | undefined`),
      `if (${at} < 0) return undefined;`,
      `const view = (this.$view${field.number} ??= new ${view}());`,
      "if (this.$twice) {",
      `const merged = ${imports.runtime("encodeBytes")}(${imports.wire(field.message, "")}, this.$full()${property(field.localName)}!);`,
      "return view.$reset(merged, 0, merged.length);",
      "}",
      `const n = ${imports.runtime("readLength")}(this.$b, ${at}, this.$e, ${fieldName(field)});`,
      `return view.$reset(this.$b, ${imports.runtime("after")}.p, ${imports.runtime("after")}.p + n);`,
      "}",
    ];
  }
  const scalar = scalarOf(field);
  const longAsString = field.fieldKind === "scalar" && field.longAsString;
  const implicit = field.presence === 2;
  const base = field.fieldKind === "enum" ? imports.enumType(field.enum) : typeOf(scalar, longAsString);
  const absent = implicit ? (field.fieldKind === "enum" ? "0" : zeroOf(scalar, longAsString)) : "undefined";
  const value = readExpression(scalar, at, fieldName(field), longAsString, imports);
  const read = field.fieldKind === "enum" ? `(${value}) as ${base}` : value;
  return [...head(implicit ? base : `${base} | undefined`), `return ${at} < 0 ? ${absent} : ${read};`, "}"];
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
