import { holdYoungGeneration } from "./young-generation.ts";

holdYoungGeneration();
await import("./command-line.ts");
