import { existsSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Definition, Step } from "../engine/definition.ts";
import { shortDigest } from "../engine/ids.ts";

const IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g;
/** How definitions are written down and run is the same for all of them, and looks after itself. */
const ENGINE = resolve(import.meta.dirname, "../engine");
const LENGTH = 16;

/**
 * A digest of all that a definition is made of: its file and what that imports of its own service, without types and
 * layout, and the contracts that it calls. What packages do is theirs: an execution calls them as they are today.
 */
export function hashOf(definition: Definition): string {
  const files = new Set<string>([fileURLToPath(definition.module)]);
  const parts: string[] = [];
  for (const file of files) {
    const code = codeOf(file);
    parts.push(code);
    for (const [, name = ""] of code.matchAll(IMPORT)) {
      const target = join(dirname(file), name);
      if (!target.startsWith(ENGINE) && existsSync(target)) files.add(target);
    }
  }
  const { id, version, input, output, steps } = definition;
  const contracts = Object.entries(steps).map(([stepId, step]) => `${stepId} ${step.kind} ${called(step)}`);
  const types = [input.typeName, output?.typeName ?? ""];
  return shortDigest(id, String(version), ...types, ...contracts, ...parts.sort()).slice(0, LENGTH);
}

/** What may change without a word is what cannot change what happens. */
function codeOf(file: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(readFileSync(file, "utf8"), { mode: "transform" }).replace(/\s+/g, " ");
  } finally {
    process.emitWarning = emitWarning;
  }
}

function called(step: Step): string {
  if (step.kind !== "rpc" && step.kind !== "map") return "";
  const methods = [step.method, ...(step.compensate === undefined ? [] : [step.compensate.method])];
  return methods.map(({ parent, name }) => `${parent.typeName}/${name}`).join(" ");
}
