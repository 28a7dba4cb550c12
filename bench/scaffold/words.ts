import ts from "typescript";

/** Words that TypeScript keeps for itself, by the compiler's own table. */
export const RESERVED: readonly string[] = [
  ...Array.from(
    { length: ts.SyntaxKind.LastKeyword - ts.SyntaxKind.FirstKeyword + 1 },
    (_, at) => ts.tokenToString(ts.SyntaxKind.FirstKeyword + at) as string,
  ),
  ...["arguments", "eval", "constructor", "prototype", "__proto__", "toString", "valueOf", "hasOwnProperty"],
];

/** Words that contracts are written with, and what code that is generated from them is full of. */
export const OF_CONTRACTS: readonly string[] = [
  ...["syntax", "edition", "import", "package", "option", "optional", "required", "repeated", "reserved"],
  ...[
    "message",
    "enum",
    "service",
    "rpc",
    "returns",
    "stream",
    "extend",
    "extensions",
    "oneof",
    "map",
    "group",
  ],
  ...["max", "to", "inf", "nan", "double", "float", "int32", "int64", "uint32", "sint64", "fixed32", "bool"],
  ...[
    "string",
    "bytes",
    "google",
    "codec",
    "schema",
    "registry",
    "create",
    "encode",
    "decode",
    "view",
    "fields",
  ],
];
