import { createEcmaScriptPlugin } from "@bufbuild/protoplugin";
import { generate } from "./generate.ts";

/** The plugin: for each .proto a `_wire.ts`, for each package a `mod.ts`, and one `registry.ts`. */
export const protocGenWire = createEcmaScriptPlugin({
  name: "protoc-gen-wire",
  version: "v1",
  generateTs: generate,
});
