import { keepCompiled } from "./compiled.ts";
import { holdYoungGeneration } from "./young-generation.ts";

holdYoungGeneration();
keepCompiled();
await import("./command-line.ts");
