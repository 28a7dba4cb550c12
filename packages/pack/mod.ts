export { packErrors } from "./errors.ts";
export { jsonSchemas } from "./json-schema.ts";
export { heldProblems } from "./held.ts";
export { describeProblem, type Problem } from "./problem.ts";
export { inspectPack, packRefused, type PackVerdict, type ReadPack, readPack } from "./read.ts";
export { watchPack } from "./watch.ts";
