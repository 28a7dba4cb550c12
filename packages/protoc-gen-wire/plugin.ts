import { runNodeJs } from "@bufbuild/protoplugin";
import { protocGenWire } from "./mod.ts";

runNodeJs(protocGenWire);
