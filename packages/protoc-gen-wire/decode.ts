import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { fieldName, messageForm, property, sortedFields } from "./field-form.ts";
import { type Imports, ownName } from "./imports.ts";
import { LENGTH, mostBytes, scalarOf, tagOf, wireTypeOf, zeroOf } from "./scalar.ts";

/** What to do at a tag; `again` when the tag may follow itself. */
interface Arm {
  readonly tag: number;
  readonly body: readonly string[];
  readonly again: boolean;
}

/**
 * `decodeX(b, p, end, depth)`: reads into locals, then makes the message in one literal of constant shape. With
 * `inOrder` it first takes fields in the order in which all writers write them, without a loop; whatever comes otherwise
 * is left to the loop.
 */
export function decodeFunction(message: DescMessage, imports: Imports, inOrder: boolean): string[] {
  const arms = sortedFields(message).flatMap((field) => decodeField(field, imports));
  const type = imports.type(message);
  const typeName = JSON.stringify(message.typeName);
  const locals = message.members.map((member) => {
    const own = `${type}[${JSON.stringify(member.localName)}]`;
    if (member.kind === "oneof") return `let ${local(member.localName)} = { case: undefined } as ${own};`;
    return `let ${local(member.localName)}: ${own} = ${initial(member, imports)};`;
  });
  const properties = message.members.map(
    (member) => `${JSON.stringify(member.localName)}: ${local(member.localName)},`,
  );
  return [
    `export function ${ownName("decode", message)}(b: ${imports.global("Uint8Array")}, p: number, end: number, depth: number, from?: ${type}): ${type} {`,
    `if (depth > ${imports.runtime("MAX_DEPTH")}) ${imports.runtime("failTooDeep")}(${typeName});`,
    ...locals,
    `let u: ${imports.runtimeType("UnknownField")}[] | undefined;`,
    "if (from !== undefined) {",
    ...message.members.map((member) => `${local(member.localName)} = from${property(member.localName)};`),
    "u = from.$unknown;",
    "}",
    ...(inOrder ? expected(arms) : []),
    "while (p < end) {",
    ...readTag("t", imports),
    "switch (t) {",
    ...arms.flatMap(({ tag, body }) => [`case ${tag}: {`, ...body, "break;", "}"]),
    "default:",
    `u = ${imports.runtime("keepUnknown")}(u, b, p, end, t, ${typeName});`,
    `p = ${imports.runtime("after")}.p;`,
    "}",
    "}",
    `if (p !== end) ${imports.runtime("failTruncated")}(${typeName});`,
    `const m: ${type} = {`,
    `$typeName: ${typeName},`,
    ...properties,
    "};",
    "if (u !== undefined) m.$unknown = u;",
    "return m;",
    "}",
  ];
}

/** Takes each tag of one or two bytes if it is the next. */
function expected(arms: readonly Arm[]): string[] {
  const peek = "p < end ? b[p]! : 0";
  return [
    `let n0 = ${peek};`,
    ...arms.flatMap(({ tag, body, again }) => {
      if (tag >= 16_384) return [];
      const test = tag < 128 ? `n0 === ${tag}` : `n0 === ${(tag & 127) | 128} && b[p + 1] === ${tag >>> 7}`;
      return [
        `${again ? "while" : "if"} (${test}) {`,
        tag < 128 ? "p++;" : "p += 2;",
        ...body,
        `n0 = ${peek};`,
        "}",
      ];
    }),
  ];
}

/** Reads a tag at `p` into `name`. */
export function readTag(name: string, imports: Imports): string[] {
  return [
    `let ${name} = b[p++]!;`,
    `if (${name} > 127) {`,
    `${name} = ${imports.runtime("tagRest")}(b, p, ${name});`,
    `p = ${imports.runtime("after")}.p;`,
    "}",
  ];
}

/** The default as an expression. */
export function zero(scalar: ScalarType, longAsString: boolean, imports: Imports): string {
  return scalar === ScalarType.BYTES ? imports.runtime("noBytes") : zeroOf(scalar, longAsString);
}

function local(name: string): string {
  return `_${name.replace(/[^\w]/g, "_")}`;
}

function initial(field: DescField, imports: Imports): string {
  switch (field.fieldKind) {
    case "list":
      return "[]";
    case "map":
      return "{}";
    case "message":
      return "undefined";
    case "enum":
      // 2: implicit presence.
      return field.presence === 2 ? "0" : "undefined";
    case "scalar":
      return field.presence === 2 ? zero(field.scalar, field.longAsString, imports) : "undefined";
  }
}

function decodeField(field: DescField, imports: Imports): Arm[] {
  const into = local(field.localName);
  const no = field.number;
  switch (field.fieldKind) {
    case "list":
      return decodeList(field, into, imports);
    case "map":
      return [{ tag: tagOf(no, LENGTH), body: decodeMap(field, into, imports), again: true }];
    case "message":
      return [{ tag: tagOf(no, LENGTH), body: decodeMessage(field, into, imports), again: false }];
    default: {
      const scalar = scalarOf(field);
      const longAsString = field.fieldKind === "scalar" && field.longAsString;
      const read = readScalar(scalar, "end", fieldName(field), longAsString, imports);
      const x = field.fieldKind === "enum" ? `x as ${imports.enumType(field.enum)}` : "x";
      return [{ tag: tagOf(no, wireTypeOf(scalar)), body: [...read, keep(field, into, x)], again: false }];
    }
  }
}

function keep(field: DescField, into: string, x: string): string {
  if (field.oneof === undefined) return `${into} = ${x};`;
  return `${local(field.oneof.localName)} = { case: ${JSON.stringify(field.localName)}, value: ${x} };`;
}

function decodeMessage(
  field: DescField & { readonly fieldKind: "message" },
  into: string,
  imports: Imports,
): string[] {
  if (field.oneof === undefined)
    return [...readMessage(field, field.message, "end", into, imports), keep(field, into, "x")];
  const one = local(field.oneof.localName);
  const name = JSON.stringify(field.localName);
  return [
    `const before: ${imports.fieldType(field)} | undefined = ${one}.case === ${name} ? ${one}.value : undefined;`,
    ...readMessage(field, field.message, "end", "before", imports),
    keep(field, into, "x"),
  ];
}

/** Declares `x`, read at `p`. */
export function readScalar(
  scalar: ScalarType,
  end: string,
  name: string,
  longAsString: boolean,
  imports: Imports,
): string[] {
  const after = imports.runtime("after");
  const small = [
    "let x = b[p++]!;",
    "if (x > 127) {",
    `x = ${imports.runtime("varintRest")}(b, p, x);`,
    `p = ${after}.p;`,
    "}",
  ];
  const long = (read: string) => {
    const call = `${imports.runtime(read)}(b, p)`;
    return `const x = ${longAsString ? `${imports.global("String")}(${call})` : call};`;
  };
  switch (scalar) {
    case ScalarType.INT32:
      return [...small, "x |= 0;"];
    case ScalarType.UINT32:
      return small;
    case ScalarType.SINT32:
      return [...small, "x = (x >>> 1) ^ -(x & 1);"];
    case ScalarType.BOOL:
      return [`const x = ${imports.runtime("readBool")}(b, p);`, `p = ${after}.p;`];
    case ScalarType.FIXED32:
      return [`const x = ${imports.runtime("readFixed32")}(b, p) >>> 0;`, "p += 4;"];
    case ScalarType.SFIXED32:
      return [`const x = ${imports.runtime("readFixed32")}(b, p);`, "p += 4;"];
    case ScalarType.FLOAT:
      return [`const x = ${imports.runtime("readFloat")}(b, p);`, "p += 4;"];
    case ScalarType.DOUBLE:
      return [`const x = ${imports.runtime("readDouble")}(b, p);`, "p += 8;"];
    case ScalarType.INT64:
      return [long("readInt64"), `p = ${after}.p;`];
    case ScalarType.UINT64:
      return [long("readUint64"), `p = ${after}.p;`];
    case ScalarType.SINT64:
      return [long("readSint64"), `p = ${after}.p;`];
    case ScalarType.FIXED64:
      return [long("readFixed64"), "p += 8;"];
    case ScalarType.SFIXED64:
      return [long("readSfixed64"), "p += 8;"];
    case ScalarType.STRING:
      return [`const x = ${imports.runtime("readString")}(b, p, ${end}, ${name});`, `p = ${after}.p;`];
    case ScalarType.BYTES:
      return [`const x = ${imports.runtime("readBytes")}(b, p, ${end}, ${name});`, `p = ${after}.p;`];
  }
}

/** Declares `x`, the message read at `p`, merged with `previous` if that is there. */
function readMessage(
  field: DescField,
  type: DescMessage,
  end: string,
  previous: string | undefined,
  imports: Imports,
): string[] {
  const after = imports.runtime("after");
  const open = [
    `const n = ${imports.runtime("readLength")}(b, p, ${end}, ${fieldName(field)});`,
    `p = ${after}.p;`,
  ];
  const form = messageForm(field, type);
  if (form === "struct") {
    const read = `${imports.runtime("bytesToStruct")}(b, p, p + n)`;
    return [
      ...open,
      `const x: ${imports.fieldType(field)} = ${previous === undefined ? read : `{ ...${previous}, ...${read} }`};`,
      "p += n;",
    ];
  }
  const read = (from: string) => `${imports.wire(type, "decode")}(b, p, p + n, depth + 1${from})`;
  if (previous === undefined) return [...open, `const x = ${read("")};`, "p += n;"];
  if (form === "message")
    return [...open, `const x: ${imports.fieldType(field)} = ${read(`, ${previous}`)};`, "p += n;"];
  const held = `${previous} === undefined ? undefined : { $typeName: ${JSON.stringify(type.typeName)}, value: ${previous} }`;
  return [...open, `const x: ${imports.fieldType(field)} = ${read(`, ${held}`)}.value;`, "p += n;"];
}

function decodeList(
  field: DescField & { readonly fieldKind: "list" },
  into: string,
  imports: Imports,
): Arm[] {
  const no = field.number;
  if (field.listKind === "message") {
    const body = [...readMessage(field, field.message, "end", undefined, imports), `${into}.push(x);`];
    return [{ tag: tagOf(no, LENGTH), body, again: true }];
  }
  const scalar = scalarOf(field);
  const longAsString = field.listKind === "scalar" && field.longAsString;
  const read = (end: string) => readScalar(scalar, end, fieldName(field), longAsString, imports);
  const x = field.listKind === "enum" ? `x as ${imports.enumType(field.enum)}` : "x";
  const single = {
    tag: tagOf(no, wireTypeOf(scalar)),
    body: [...read("end"), `${into}.push(${x});`],
    again: true,
  };
  if (mostBytes(scalar) === 0) return [single];
  const packed = [
    `const n = ${imports.runtime("readLength")}(b, p, end, ${fieldName(field)});`,
    `p = ${imports.runtime("after")}.p;`,
    "const stop = p + n;",
    "while (p < stop) {",
    ...read("stop"),
    `${into}.push(${x});`,
    "}",
    `if (p !== stop) ${imports.runtime("failTruncated")}(${fieldName(field)});`,
  ];
  return [{ tag: tagOf(no, LENGTH), body: packed, again: true }, single];
}

function decodeMap(
  field: DescField & { readonly fieldKind: "map" },
  into: string,
  imports: Imports,
): string[] {
  const after = imports.runtime("after");
  const name = fieldName(field);
  const scalar = field.mapKind === "message" ? undefined : scalarOf(field);
  const valueTag = tagOf(2, scalar === undefined ? LENGTH : wireTypeOf(scalar));
  const readValue =
    field.mapKind === "message"
      ? readMessage(
          field,
          field.message,
          "stop",
          messageForm(field, field.message) === "struct" ? undefined : "value",
          imports,
        )
      : readScalar(scalar!, "stop", name, false, imports);
  const missing = field.mapKind === "message" ? emptyMessage(field, imports) : zero(scalar!, false, imports);
  return [
    `const length = ${imports.runtime("readLength")}(b, p, end, ${name});`,
    `p = ${after}.p;`,
    "const stop = p + length;",
    `let key: string | number | bigint | boolean = ${zero(field.mapKey, false, imports)};`,
    `let value: ${imports.fieldType(field)} | undefined;`,
    "while (p < stop) {",
    ...readTag("e", imports),
    "switch (e) {",
    `case ${tagOf(1, wireTypeOf(field.mapKey))}: {`,
    ...readScalar(field.mapKey, "stop", name, false, imports),
    "key = x;",
    "break;",
    "}",
    `case ${valueTag}: {`,
    ...readValue,
    field.mapKind === "enum" ? `value = x as ${imports.enumType(field.enum)};` : "value = x;",
    "break;",
    "}",
    "default:",
    `p = ${imports.runtime("skip")}(b, p, stop, e, ${name});`,
    "}",
    "}",
    `if (p !== stop) ${imports.runtime("failTruncated")}(${name});`,
    `${imports.runtime("setOwn")}(${into}, key, value ?? ${missing});`,
  ];
}

function emptyMessage(
  field: DescField & { readonly fieldKind: "map"; readonly mapKind: "message" },
  imports: Imports,
): string {
  if (messageForm(field, field.message) === "struct") return "{}";
  return `${imports.wire(field.message, "decode")}(b, p, p, depth + 1)`;
}
