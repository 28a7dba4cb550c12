// Makes golden vectors that are not there yet. Those that are there are never touched: frames of every released version
// must stay readable.
//   node packages/wire/golden/make.ts
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFrame } from "../mod.ts";
import { describeFrame } from "./describe.ts";
import { vectors } from "./vectors.ts";

for (const [name, make] of Object.entries(vectors)) {
  const path = join(import.meta.dirname, name);
  if (existsSync(`${path}.frame`)) continue;
  const bytes = make();
  writeFileSync(`${path}.frame`, bytes);
  writeFileSync(`${path}.json`, `${JSON.stringify(describeFrame(openFrame(bytes)), undefined, 1)}\n`);
  process.stdout.write(`${name}: ${bytes.length} bytes\n`);
}
