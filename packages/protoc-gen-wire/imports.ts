import { posix } from "node:path";
import type { DescEnum, DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
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
  /** A type of protobuf-es's runtime. */
  protobuf(name: string): string;
  lines(): string[];
}

/** A message's identifier in generated code: nested ones joined by `_`, as in protobuf-es. */
export function identifier(type: DescMessage | DescEnum): string {
  const { package: pkg } = type.file.proto;
  const local = pkg === "" ? type.typeName : type.typeName.slice(pkg.length + 1);
  return safeIdentifier(local.replaceAll(".", "_"));
}

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
  /** Names of other packages carry their package, since two may have the same. */
  function alias(file: DescFile, name: string): string {
    return file.proto.package === own.proto.package
      ? name
      : `${file.proto.package.replaceAll(".", "_")}_${name}`;
  }
  function spec(name: string, as: string): string {
    return name === as ? name : `${name} as ${as}`;
  }

  function typeImport(desc: DescMessage | DescEnum): string {
    const name = identifier(desc);
    const as = `${alias(desc.file, name)}Shape`;
    add(types, isWellKnown(desc.file) ? WELL_KNOWN : relative(desc.file, "_pb.ts"), spec(name, as));
    return as;
  }

  return {
    runtime(name) {
      add(values, "@orrery/wire/codec", name);
      return name;
    },
    runtimeType(name) {
      add(types, "@orrery/wire/codec", name);
      return name;
    },
    schema(message) {
      const name = `${identifier(message)}Schema`;
      const as = alias(message.file, name);
      add(values, isWellKnown(message.file) ? WELL_KNOWN : relative(message.file, "_pb.ts"), spec(name, as));
      return as;
    },
    type: typeImport,
    enumType: typeImport,
    fieldType(field) {
      if (field.message === undefined)
        return field.enum === undefined ? typeOf(scalarOf(field), false) : typeImport(field.enum);
      if (messageForm(field, field.message) === "struct") return this.protobuf("JsonObject");
      if (messageForm(field, field.message) === "wrapper")
        return typeOf(scalarOf(field.message.fields[0]!), false);
      return typeImport(field.message);
    },
    wire(message, prefix) {
      const name = `${prefix}${identifier(message)}`;
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
      add(types, "@bufbuild/protobuf", name);
      return name;
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
