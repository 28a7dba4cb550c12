import { readFileSync } from "node:fs";
import { createRequire, findPackageJSON, isBuiltin, stripTypeScriptTypes } from "node:module";
import { pathToFileURL } from "node:url";
import { init, parse } from "es-module-lexer";

/** A module's code without types, comments and layout, and what it imports when it is loaded. */
export interface Module {
  readonly code: string;
  /** As they are written: `./hour.ts`, `@orrery/wire`. */
  readonly imports: readonly string[];
}

/** What one module brings in, itself among it. */
export interface Reach {
  /** Files of this repository. */
  readonly files: readonly string[];
  /** `name@version` of packages from elsewhere. */
  readonly packages: readonly string[];
}

const ELSEWHERE = "/node_modules/";

/** @param file of TypeScript or JavaScript */
export async function readModule(file: string): Promise<Module> {
  await init;
  const source = readFileSync(file, "utf8");
  const code = file.endsWith("ts") ? withoutTypes(source) : source;
  const [found] = parse(code, file);
  // What is imported while it runs is no part of what it is.
  return { code, imports: found.filter(({ d }) => d === -1).flatMap(({ n }) => n ?? []) };
}

/** Node says once that this may change: it is no operator's business, and a change is another version of all code. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source, { mode: "transform" });
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * Follows imports as Node does. Files of a package from elsewhere are not read: its version says what they are.
 * @param read of a file that this repository holds
 */
export async function reachOf(file: string, read: (file: string) => Promise<Module>): Promise<Reach> {
  const files = new Set([file]);
  const packages = new Set<string>();
  for (const from of files) {
    const { imports } = await read(from);
    for (const name of imports) {
      if (isBuiltin(name)) continue;
      const target = targetOf(name, from);
      if (target.includes(ELSEWHERE)) packages.add(packageOf(target));
      else files.add(target);
    }
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}

/** A package that can only be imported, not required, is found by its manifest: its version is all that is asked of it. */
function targetOf(name: string, from: string): string {
  try {
    return createRequire(from).resolve(name);
  } catch (error) {
    const manifest = name.startsWith(".") ? undefined : findPackageJSON(name, pathToFileURL(from));
    if (manifest === undefined) throw error;
    return manifest;
  }
}

/** The package's own folder is the one below the last `node_modules`. */
function packageOf(file: string): string {
  const [, folder, name] = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file) ?? [];
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as { version: string };
  return `${name}@${version}`;
}
