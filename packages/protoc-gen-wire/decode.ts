import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { fieldName, messageForm, sortedFields } from "./field-form.ts";
import { identifier, type Imports } from "./imports.ts";
import { LENGTH, mostBytes, scalarOf, tagOf, wireTypeOf, zeroOf } from "./scalar.ts";

/** `decodeX(b, p, end, depth)`: reads into locals, then makes the message in one literal of constant shape. */
export function decodeFunction(message: DescMessage, imports: Imports): string[] {
  const name = identifier(message);
  const type = imports.type(message);
  const typeName = JSON.stringify(message.typeName);
  const locals = message.members.map((member) => {
    if (member.kind === "oneof")
      return `let ${local(member.localName)}: ${type}[${JSON.stringify(member.localName)}] = { case: undefined };`;
    return `let ${local(member.localName)}: ${type}[${JSON.stringify(member.localName)}] = ${initial(member)};`;
  });
  const properties = message.members.map(
    (member) => `${JSON.stringify(member.localName)}: ${local(member.localName)},`,
  );
  return [
    `export function decode${name}(b: Uint8Array, p: number, end: number, depth: number): ${type} {`,
    `if (depth > ${imports.runtime("MAX_DEPTH")}) ${imports.runtime("failTooDeep")}(${typeName});`,
    ...locals,
    `let u: ${imports.runtimeType("UnknownField")}[] | undefined;`,
    "while (p < end) {",
    ...readTag("t", imports),
    "switch (t) {",
    ...sortedFields(message).flatMap((field) => decodeField(field, imports)),
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

function local(name: string): string {
  return `_${name.replace(/[^\w]/g, "_")}`;
}

function initial(field: DescField): string {
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
      return field.presence === 2 ? zeroOf(field.scalar, field.longAsString) : "undefined";
  }
}

function decodeField(field: DescField, imports: Imports): string[] {
  const into = local(field.localName);
  const no = field.number;
  switch (field.fieldKind) {
    case "list":
      return decodeList(field, into, imports);
    case "map":
      return decodeMap(field, into, imports);
    case "message": {
      const value = (previous: string) => readMessage(field, field.message, "end", previous, imports);
      if (field.oneof === undefined)
        return [`case ${tagOf(no, LENGTH)}: {`, ...value(into), `${into} = x;`, "break;", "}"];
      const one = local(field.oneof.localName);
      const name = JSON.stringify(field.localName);
      return [
        `case ${tagOf(no, LENGTH)}: {`,
        `const before: ${imports.fieldType(field)} | undefined = ${one}.case === ${name} ? ${one}.value : undefined;`,
        ...value("before"),
        `${one} = { case: ${name}, value: x };`,
        "break;",
        "}",
      ];
    }
    default: {
      const scalar = scalarOf(field);
      const longAsString = field.fieldKind === "scalar" && field.longAsString;
      const read = readScalar(scalar, "end", fieldName(field), longAsString, imports);
      const one = field.oneof;
      const x = field.fieldKind === "enum" ? `x as ${imports.enumType(field.enum)}` : "x";
      const keep =
        one === undefined
          ? `${into} = ${x};`
          : `${local(one.localName)} = { case: ${JSON.stringify(field.localName)}, value: ${x} };`;
      return [`case ${tagOf(no, wireTypeOf(scalar))}: {`, ...read, keep, "break;", "}"];
    }
  }
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
    return `const x = ${longAsString ? `String(${call})` : call};`;
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
  const fresh = `${imports.wire(type, "decode")}(b, p, p + n, depth + 1)`;
  if (form === "wrapper") {
    const merged = `${imports.runtime("mergeWrapper")}(${imports.schema(type)}, ${previous}, b, p, p + n)`;
    return [
      ...open,
      `const x: ${imports.fieldType(field)} = ${previous} === undefined ? ${fresh}.value : ${merged}.value;`,
      "p += n;",
    ];
  }
  if (previous === undefined) return [...open, `const x = ${fresh};`, "p += n;"];
  const merged = `${imports.runtime("mergeInto")}(${imports.schema(type)}, ${previous}, b, p, p + n)`;
  return [
    ...open,
    `const x: ${imports.fieldType(field)} = ${previous} === undefined ? ${fresh} : ${merged};`,
    "p += n;",
  ];
}

function decodeList(
  field: DescField & { readonly fieldKind: "list" },
  into: string,
  imports: Imports,
): string[] {
  const no = field.number;
  if (field.listKind === "message") {
    return [
      `case ${tagOf(no, LENGTH)}: {`,
      ...readMessage(field, field.message, "end", undefined, imports),
      `${into}.push(x);`,
      "break;",
      "}",
    ];
  }
  const scalar = scalarOf(field);
  const longAsString = field.listKind === "scalar" && field.longAsString;
  const read = (end: string) => readScalar(scalar, end, fieldName(field), longAsString, imports);
  const x = field.listKind === "enum" ? `x as ${imports.enumType(field.enum)}` : "x";
  const single = [
    `case ${tagOf(no, wireTypeOf(scalar))}: {`,
    ...read("end"),
    `${into}.push(${x});`,
    "break;",
    "}",
  ];
  if (mostBytes(scalar) === 0) return single;
  return [
    `case ${tagOf(no, LENGTH)}: {`,
    `const n = ${imports.runtime("readLength")}(b, p, end, ${fieldName(field)});`,
    `p = ${imports.runtime("after")}.p;`,
    "const stop = p + n;",
    "while (p < stop) {",
    ...read("stop"),
    `${into}.push(${x});`,
    "}",
    `if (p !== stop) ${imports.runtime("failTruncated")}(${fieldName(field)});`,
    "break;",
    "}",
    ...single,
  ];
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
  const missing = field.mapKind === "message" ? emptyMessage(field, imports) : zeroOf(scalar!, false);
  return [
    `case ${tagOf(field.number, LENGTH)}: {`,
    `const length = ${imports.runtime("readLength")}(b, p, end, ${name});`,
    `p = ${after}.p;`,
    "const stop = p + length;",
    `let key: string | number | bigint | boolean = ${zeroOf(field.mapKey, false)};`,
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
    "break;",
    "}",
  ];
}

function emptyMessage(
  field: DescField & { readonly fieldKind: "map"; readonly mapKind: "message" },
  imports: Imports,
): string {
  if (messageForm(field, field.message) === "struct") return "{}";
  return `${imports.wire(field.message, "decode")}(b, p, p, depth + 1)`;
}
