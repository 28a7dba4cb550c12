// Holds every import of the repository against the table of rooms, and world logic to what it may use:
// node tools/walls/check.ts [root]
import { resolve } from "node:path";
import { importsIn } from "./imports.ts";
import { wrongWith } from "./judge.ts";
import { impureIn, worldFiles } from "./purity.ts";

const root = resolve(process.argv[2] ?? ".");
const imports = importsIn(root);
const wrong = [
  ...imports.flatMap((one) => wrongWith(one) ?? []),
  ...worldFiles(root, imports).flatMap((file) => impureIn(root, file)),
];
for (const sentence of wrong) console.log(sentence);
process.exitCode = wrong.length === 0 ? 0 : 1;
