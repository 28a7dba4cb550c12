export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";
export type Literal = string | number | boolean;

/** Where a term stands in the text of its filter: offsets, the end behind it. */
interface Placed {
  readonly at: number;
  readonly end: number;
}

export type Term = Placed &
  (
    | { readonly kind: "compare"; readonly field: string; readonly by: Comparison; readonly value: Literal }
    | { readonly kind: "among"; readonly field: string; readonly values: readonly Literal[] }
    /** A semantic version within a range. */
    | { readonly kind: "within"; readonly field: string; readonly isIn: (version: string) => boolean }
    | { readonly kind: "has"; readonly field: string }
    | { readonly kind: "tag"; readonly name: string }
  );

export type Filter =
  | Term
  | (Placed & { readonly kind: "and" | "or"; readonly of: readonly Filter[] })
  | (Placed & { readonly kind: "not"; readonly of: Filter });

/** What a field holds; `open`: whatever its owner said. */
export type FieldKind = "text" | "texts" | "number" | "flag" | "version" | "open";

/** Fields by name; `attr.*` stands for all that begin so. */
export type Fields = Readonly<Record<string, FieldKind>>;

export function kindOf(fields: Fields, name: string): FieldKind | undefined {
  if (Object.hasOwn(fields, name)) return fields[name];
  const prefix = name.split(".", 1)[0];
  const open = `${prefix}.*`;
  return name.includes(".") && Object.hasOwn(fields, open) ? fields[open] : undefined;
}
