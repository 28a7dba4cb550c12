import { posix } from "node:path";
import type { DescEnum, DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { safeIdentifier } from "@bufbuild/protoplugin";
import { messageForm } from "./field-form.ts";
import { scalarOf, typeOf } from "./scalar.ts";

const WELL_KNOWN = "@bufbuild/protobuf/wkt";

/** Collects what a generated file needs from elsewhere, and gives the names under which it may be used. */
export interface Imports {
  /** A function or value of the codec runtime. */
  runtime(name: string): string;
  runtimeType(name: string): string;
  /** protobuf-es's descriptor of a message. */
  schema(message: DescMessage): string;
  /** protobuf-es's type of a message. */
  type(message: DescMessage): string;
  enumType(type: DescEnum): string;
  /** The type of a singular field's value, a list's item, a map's value. */
  fieldType(field: DescField): string;
  /** Something from the `_wire.ts` of the file that declares `message`. */
  wire(message: DescMessage, prefix: string): string;
  /** The view class of a message. */
  wireView(message: DescMessage): string;
  /** A value or type of the language, also where a message of this file has its name. */
  global(name: string): string;
  /** A type of protobuf-es's runtime. */
  protobuf(name: string): string;
  lines(): string[];
}

/** A message's identifier in generated code: nested ones joined by `_`, as in protobuf-es. */
export function identifier(type: DescMessage | DescEnum): string {
  return safeIdentifier(localName(type));
}

/** The name of its descriptor in protobuf-es. */
export function schemaName(type: DescMessage | DescEnum): string {
  return safeIdentifier(`${localName(type)}Schema`);
}

function localName({ typeName, file }: DescMessage | DescEnum): string {
  const { package: pkg } = file.proto;
  return (pkg === "" ? typeName : typeName.slice(pkg.length + 1)).replaceAll(".", "_");
}

/** A function or table that belongs to a message: `$decodeFront`. */
export function ownName(prefix: string, message: DescMessage): string {
  return `$${prefix}${identifier(message)}`;
}

const isNamed = (type: { readonly kind: string }): type is DescMessage | DescEnum =>
  type.kind === "message" || type.kind === "enum";

export function isWellKnown(file: DescFile): boolean {
  return file.name.startsWith("google/protobuf/");
}

export function createImports(own: DescFile): Imports {
  const values = new Map<string, Set<string>>();
  const types = new Map<string, Set<string>>();

  function add(into: Map<string, Set<string>>, from: string, what: string): void {
    const names = into.get(from);
    if (names === undefined) into.set(from, new Set([what]));
    else names.add(what);
  }
  function relative(file: DescFile, suffix: string): string {
    const path = posix.relative(posix.dirname(own.name), `${file.name}${suffix}`);
    return path.startsWith(".") ? path : `./${path}`;
  }
  /**
   * What a contract does not name begins with `$`, which no name of a contract has: a message may be called `Bytes`
   * beside `encodeBytes`. Names of other packages carry their package, since two may have the same.
   */
  function alias(file: DescFile, name: string): string {
    return file.proto.package === own.proto.package
      ? `$${name}`
      : `$${file.proto.package.replaceAll(".", "_")}_${name}`;
  }
  const spec = (name: string, as: string) => `${name} as ${as}`;
  const declared = new Set([...nestedTypes(own)].filter(isNamed).map(identifier));

  function typeImport(desc: DescMessage | DescEnum): string {
    const name = identifier(desc);
    const as = `${alias(desc.file, name)}Shape`;
    add(types, isWellKnown(desc.file) ? WELL_KNOWN : relative(desc.file, "_pb.ts"), spec(name, as));
    return as;
  }

  return {
    runtime(name) {
      add(values, "@orrery/wire/codec", spec(name, `$$${name}`));
      return `$$${name}`;
    },
    runtimeType(name) {
      add(types, "@orrery/wire/codec", spec(name, `$$${name}`));
      return `$$${name}`;
    },
    schema(message) {
      const name = schemaName(message);
      const as = alias(message.file, name);
      add(values, isWellKnown(message.file) ? WELL_KNOWN : relative(message.file, "_pb.ts"), spec(name, as));
      return as;
    },
    type: typeImport,
    enumType: typeImport,
    fieldType(field) {
      if (field.message === undefined)
        return field.enum === undefined ? typeOf(scalarOf(field), false, this) : typeImport(field.enum);
      if (messageForm(field, field.message) === "struct") return this.protobuf("JsonObject");
      if (messageForm(field, field.message) === "wrapper")
        return typeOf(scalarOf(field.message.fields[0]!), false, this);
      return typeImport(field.message);
    },
    global: (name) => (declared.has(name) ? `globalThis.${name}` : name),
    wire(message, prefix) {
      const name = prefix === "" ? identifier(message) : ownName(prefix, message);
      if (message.file === own) return name;
      const as = alias(message.file, name);
      add(values, relative(message.file, "_wire.ts"), spec(name, as));
      return as;
    },
    wireView(message) {
      const name = `${identifier(message)}View`;
      if (message.file === own) return name;
      const as = alias(message.file, name);
      add(values, relative(message.file, "_wire.ts"), spec(name, as));
      return as;
    },
    protobuf(name) {
      add(types, "@bufbuild/protobuf", spec(name, `$$${name}`));
      return `$$${name}`;
    },
    lines() {
      const out: string[] = [];
      for (const from of [...new Set([...values.keys(), ...types.keys()])].sort()) {
        const names = [
          ...(values.get(from) ?? []),
          ...[...(types.get(from) ?? [])].map((name) => `type ${name}`),
        ];
        out.push(`import { ${names.sort().join(", ")} } from "${from}";`);
      }
      return out;
    },
  };
}
