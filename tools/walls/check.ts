// Holds every import of the repository against the table of rooms: node tools/walls/check.ts [root]
import { resolve } from "node:path";
import { importsIn } from "./imports.ts";
import { wrongWith } from "./judge.ts";

const root = resolve(process.argv[2] ?? ".");
const wrong = importsIn(root).flatMap((one) => wrongWith(one) ?? []);
for (const sentence of wrong) console.log(sentence);
process.exitCode = wrong.length === 0 ? 0 : 1;
