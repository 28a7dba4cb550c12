import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { fieldName, messageForm, property, sortedFields } from "./field-form.ts";
import { identifier, type Imports, ownName } from "./imports.ts";
import { LENGTH, mostBytes, scalarOf, tagBytes, wireTypeOf } from "./scalar.ts";

/**
 * `encodeX(m, o)`: straight-line code in field order. Room for everything of bounded size is asked for once; text, bytes
 * and nested messages ask for their own and leave that room (`ROOM`) again.
 */
export function encodeFunction(message: DescMessage, imports: Imports, deep: boolean): string[] {
  const name = identifier(message);
  const fields = sortedFields(message);
  const room = String(fields.reduce((sum, field) => sum + roomFor(field), 0));
  const body = fields.flatMap((field) => encodeField(field, room, imports));
  const uses = (what: RegExp) => body.some((line) => what.test(line));
  return [
    `export function ${ownName("encode", message)}(m: ${name}Init, o: ${imports.runtimeType("WireBuffer")}): void {`,
    ...(deep
      ? [
          `if (++o.depth > ${imports.runtime("MAX_DEPTH")}) ${imports.runtime("failTooDeep")}(${JSON.stringify(message.typeName)});`,
        ]
      : []),
    "let p = o.pos;",
    ...(room === "0"
      ? []
      : [`if (p + ${room} > o.bytes.length) ${imports.runtime("grow")}(o, p + ${room});`]),
    ...(uses(/\bb\b/) ? ["let b = o.bytes;"] : []),
    ...(uses(/\bv\b/) ? ["let v = o.view;"] : []),
    ...body.filter((line) => uses(/\bv[.),]/) || line !== "v = o.view;"),
    `const u = (m as { readonly $unknown?: readonly ${imports.runtimeType("UnknownField")}[] }).$unknown;`,
    `if (u !== undefined) p = ${imports.runtime("writeUnknown")}(o, p, u);`,
    "o.pos = p;",
    ...(deep ? ["o.depth--;"] : []),
    "}",
  ];
}

/** Bytes that a field takes at most, without text, bytes and nested content. */
function roomFor(field: DescField): number {
  const tag = tagBytes(field.number, LENGTH).length;
  switch (field.fieldKind) {
    case "scalar":
    case "enum":
      return tag + mostBytes(scalarOf(field));
    case "message":
      return tag + 5;
    case "list":
      return tag + 5;
    case "map":
      return (
        tag +
        5 +
        1 +
        mostBytes(field.mapKey) +
        1 +
        (field.mapKind === "message" ? 5 : mostBytes(scalarOf(field)))
      );
  }
}

const RELOAD = ["b = o.bytes;", "v = o.view;"];

function encodeField(field: DescField, room: string, imports: Imports): string[] {
  const x = `x${field.number}`;
  if (
    field.oneof !== undefined &&
    (field.fieldKind === "scalar" || field.fieldKind === "enum" || field.fieldKind === "message")
  ) {
    const one = `one${field.number}`;
    return [
      `const ${one} = m${property(field.oneof.localName)};`,
      `if (${one} != null && ${one}.case === ${JSON.stringify(field.localName)}) {`,
      `const ${x} = ${one}.value;`,
      ...singular(field, x, room, imports),
      "}",
    ];
  }
  const read = `const ${x} = m${property(field.localName)};`;
  switch (field.fieldKind) {
    case "message":
      return [read, `if (${x} != null) {`, ...singular(field, x, room, imports), "}"];
    case "scalar":
    case "enum":
      return [read, `if (${presence(field, x, imports)}) {`, ...singular(field, x, room, imports), "}"];
    case "list":
      return [read, `if (${x} != null && ${x}.length > 0) {`, ...list(field, x, room, imports), "}"];
    case "map":
      return [read, `if (${x} != null) {`, ...map(field, x, room, imports), "}"];
  }
}

/** Whether a scalar is written: proto3 leaves out defaults, unless the field is optional. */
function presence(field: DescField, x: string, imports: Imports): string {
  // 2: implicit presence.
  if (field.presence !== 2) return `${x} != null`;
  switch (scalarOf(field)) {
    case ScalarType.STRING:
      return `${x} != null && ${x} !== ""`;
    case ScalarType.BOOL:
      return `${x} === true`;
    case ScalarType.BYTES:
      return `${x} != null && ${x}.length > 0`;
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return `${x} != null && (${x} !== 0 || ${imports.global("Object")}.is(${x}, -0))`;
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return `${x} != null && (${x} as unknown) != 0`;
    default:
      return `${x} != null && ${x} !== 0`;
  }
}

function tag(no: number, wireType: number): string[] {
  return tagBytes(no, wireType).map((byte) => `b[p++] = ${byte};`);
}

function singular(
  field: DescField & { readonly fieldKind: "scalar" | "enum" | "message" },
  x: string,
  room: string,
  imports: Imports,
): string[] {
  if (field.fieldKind === "message")
    return [...tag(field.number, LENGTH), ...message(field, field.message, x, room, imports)];
  const scalar = scalarOf(field);
  return [...tag(field.number, wireTypeOf(scalar)), ...value(scalar, x, fieldName(field), room, imports)];
}

function message(field: DescField, type: DescMessage, x: string, room: string, imports: Imports): string[] {
  const form = messageForm(field, type);
  if (form === "struct") {
    const bytes = `${imports.runtime("structToBytes")}(${x})`;
    return [`p = ${imports.runtime("writeBytes")}(o, p, ${bytes}, ${room}, ${fieldName(field)});`, ...RELOAD];
  }
  const given = form === "wrapper" ? `{ value: ${x} }` : x;
  return [
    "p++;",
    "o.pos = p;",
    `${imports.wire(type, "encode")}(${given}, o);`,
    `p = ${imports.runtime("closeLength")}(o, p, ${room});`,
    ...RELOAD,
  ];
}

/** Writes a bare value at `p`. */
function value(scalar: ScalarType, x: string, name: string, room: string, imports: Imports): string[] {
  const fail = `${imports.runtime("failValue")}(${name}, ${x});`;
  const int = `if ((${x} | 0) !== ${x}) ${fail}`;
  const uint = `if (${x} >>> 0 !== ${x}) ${fail}`;
  switch (scalar) {
    case ScalarType.INT32:
      return [
        int,
        `if (${x} >= 0 && ${x} < 128) b[p++] = ${x};`,
        `else p = ${imports.runtime("varintInt32")}(b, p, ${x});`,
      ];
    case ScalarType.UINT32:
      return [uint, `if (${x} < 128) b[p++] = ${x};`, `else p = ${imports.runtime("varint32")}(b, p, ${x});`];
    case ScalarType.SINT32:
      return [int, `p = ${imports.runtime("varint32")}(b, p, (${x} << 1) ^ (${x} >> 31));`];
    case ScalarType.BOOL:
      return [`if (typeof ${x} !== "boolean") ${fail}`, `b[p++] = ${x} ? 1 : 0;`];
    case ScalarType.FIXED32:
      return [uint, `v.setUint32(p, ${x}, true);`, "p += 4;"];
    case ScalarType.SFIXED32:
      return [int, `v.setInt32(p, ${x}, true);`, "p += 4;"];
    case ScalarType.FLOAT:
      return [`${imports.runtime("checkFloat")}(${x}, ${name});`, `v.setFloat32(p, ${x}, true);`, "p += 4;"];
    case ScalarType.DOUBLE:
      return [`if (typeof ${x} !== "number") ${fail}`, `v.setFloat64(p, ${x}, true);`, "p += 8;"];
    case ScalarType.INT64:
      return [`p = ${imports.runtime("writeInt64")}(b, p, ${x}, ${name});`];
    case ScalarType.UINT64:
      return [`p = ${imports.runtime("writeUint64")}(b, p, ${x}, ${name});`];
    case ScalarType.SINT64:
      return [`p = ${imports.runtime("writeSint64")}(b, p, ${x}, ${name});`];
    case ScalarType.FIXED64:
      return [`p = ${imports.runtime("writeFixed64")}(v, p, ${x}, true, ${name});`];
    case ScalarType.SFIXED64:
      return [`p = ${imports.runtime("writeFixed64")}(v, p, ${x}, false, ${name});`];
    case ScalarType.STRING:
      return [`p = ${imports.runtime("writeString")}(o, p, ${x}, ${room}, ${name});`, ...RELOAD];
    case ScalarType.BYTES:
      return [`p = ${imports.runtime("writeBytes")}(o, p, ${x}, ${room}, ${name});`, ...RELOAD];
  }
}

function list(
  field: DescField & { readonly fieldKind: "list" },
  x: string,
  room: string,
  imports: Imports,
): string[] {
  const each = (body: string[]) => [
    `for (let i = 0; i < ${x}.length; i++) {`,
    `const e = ${x}[i]!;`,
    ...body,
    "}",
  ];
  if (field.listKind === "message") {
    const missing = `if (e == null) ${imports.runtime("failValue")}(${fieldName(field)}, e);`;
    return each([
      missing,
      ...tag(field.number, LENGTH),
      ...message(field, field.message, "e", room, imports),
    ]);
  }
  const scalar = scalarOf(field);
  const written = value(scalar, "e", fieldName(field), room, imports);
  if (mostBytes(scalar) === 0) return each([...tag(field.number, LENGTH), ...written]);
  const perItem = mostBytes(scalar) + (field.packed ? 0 : tagBytes(field.number, 0).length);
  const need = `p + ${x}.length * ${perItem} + ${room}`;
  const ensure = [`if (${need} > b.length) {`, `${imports.runtime("grow")}(o, ${need});`, ...RELOAD, "}"];
  if (!field.packed) return [...ensure, ...each([...tag(field.number, wireTypeOf(scalar)), ...written])];
  return [
    ...ensure,
    ...tag(field.number, LENGTH),
    `const s${field.number} = ++p;`,
    ...each(written),
    "o.pos = p;",
    `p = ${imports.runtime("closeLength")}(o, s${field.number}, ${room});`,
    ...RELOAD,
  ];
}

function map(
  field: DescField & { readonly fieldKind: "map" },
  x: string,
  room: string,
  imports: Imports,
): string[] {
  const scalar = field.mapKind === "message" ? undefined : scalarOf(field);
  return [
    `for (const k of ${imports.global("Object")}.keys(${x})) {`,
    `const e = (${x} as { [key: string]: (typeof ${x})[keyof typeof ${x}] })[k]!;`,
    `if (e == null) ${imports.runtime("failValue")}(${fieldName(field)}, e);`,
    ...tag(field.number, LENGTH),
    "const s = ++p;",
    ...tag(1, wireTypeOf(field.mapKey)),
    ...keyValue(field, room, imports),
    ...(field.mapKind === "message"
      ? [...tag(2, LENGTH), ...message(field, field.message, "e", room, imports)]
      : [...tag(2, wireTypeOf(scalar!)), ...value(scalar!, "e", fieldName(field), room, imports)]),
    "o.pos = p;",
    `p = ${imports.runtime("closeLength")}(o, s, ${room});`,
    ...RELOAD,
    "}",
  ];
}

/** Object keys are strings: they become the map's key type again. */
function keyValue(
  field: DescField & { readonly fieldKind: "map" },
  room: string,
  imports: Imports,
): string[] {
  const name = fieldName(field);
  switch (field.mapKey) {
    case ScalarType.STRING:
      return value(field.mapKey, "k", name, room, imports);
    case ScalarType.BOOL:
      return [
        `if (k !== "true" && k !== "false") ${imports.runtime("failValue")}(${name}, k);`,
        'b[p++] = k === "true" ? 1 : 0;',
      ];
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return value(field.mapKey, "k", name, room, imports);
    default:
      return [
        `const n = ${imports.global("Number")}.parseInt(k, 10);`,
        ...value(field.mapKey, "n", name, room, imports),
      ];
  }
}
