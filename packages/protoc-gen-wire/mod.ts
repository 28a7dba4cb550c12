import { createEcmaScriptPlugin } from "@bufbuild/protoplugin";
import { generate } from "./generate.ts";

/** The plugin: for each .proto a `_wire.ts`, for each package a `mod.ts`, and `registry.ts`, `events.ts`, `fingerprint.ts` for all. */
export const protocGenWire = createEcmaScriptPlugin({
  name: "protoc-gen-wire",
  version: "v1",
  generateTs: generate,
});
