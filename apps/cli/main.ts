import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { holdYoungGeneration } from "./young-generation.ts";

/** They stay, and what they would save of a start they would hold in memory for ever: 15 MB. */
const STAYING: readonly (string | undefined)[] = ["start", "dev", "member"];

// To make JavaScript of some thousand modules is more than half of what a command takes: what was made is kept. Where
// nothing can be written nothing is kept, and all is made anew.
if (!STAYING.includes(process.argv[2]))
  enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/orrery", import.meta.url)));
holdYoungGeneration();
await import("./command-line.ts");
