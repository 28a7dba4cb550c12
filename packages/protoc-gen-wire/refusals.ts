import type { DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { identifier } from "./imports.ts";

/** Proto2 and editions have groups, defaults, required fields and closed enums, which these codecs do not write. */
export function refuseOtherSyntax(file: DescFile): void {
  const { syntax } = file.proto;
  if (syntax === "proto3") return;
  const given = syntax === "editions" ? "an edition" : "proto2";
  throw new Error(
    `${file.name}.proto: is written in ${given}; begin it with syntax = "proto3"; and mend what that refuses`,
  );
}

/**
 * A package's face has `Foo`, `FooInit`, `FooView` and `FooSchema` for a message, `Foo` and `FooSchema` for an enum: no
 * two of its contracts may come to one of them, in whichever files they stand.
 */
export function refuseClashes(files: readonly DescFile[]): void {
  const owners = new Map<string, string>();
  for (const file of files) {
    for (const type of nestedTypes(file)) {
      if (type.kind !== "message" && type.kind !== "enum" && type.kind !== "service") continue;
      const name = type.kind === "service" ? type.name : identifier(type);
      const suffixes = { message: ["", "Init", "View", "Schema"], enum: ["", "Schema"], service: [""] }[
        type.kind
      ];
      for (const made of suffixes.map((suffix) => `${name}${suffix}`)) {
        const owner = owners.get(made);
        if (owner !== undefined)
          throw new Error(
            `${file.name}.proto: the ${type.kind} ${type.typeName} and ${owner} are both to be ${made} in code; rename one`,
          );
        owners.set(made, `the ${type.kind} ${type.typeName}`);
      }
    }
  }
}
