import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";

const SOURCES = "{packages,services,apps,bench,claims,tools,schema}/**/*.{ts,tsx,mts,js,mjs}";
const PASSED_OVER = /(^|\/)(node_modules|dist|templates)\//;

/** An import of one file, resolved. */
export interface Import {
  /** From the root of the repository, with slashes. */
  readonly file: string;
  readonly specifier: string;
  /** Where it leads, from the root; undefined: outside of the repository. */
  readonly target: string | undefined;
}

/** Every import, re-export and dynamic import of the repository's own code, types too. @param root absolute */
export function importsIn(root: string): readonly Import[] {
  const packages = packagesIn(root);
  return globSync(SOURCES, { cwd: root })
    .map((file) => file.split(sep).join("/"))
    .filter((file) => !PASSED_OVER.test(file))
    .sort()
    .flatMap((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"), true, true);
      return importedFiles.map(({ fileName: specifier }) => ({
        file,
        specifier,
        target: targetOf(root, file, specifier, packages),
      }));
    });
}

function targetOf(
  root: string,
  file: string,
  specifier: string,
  packages: ReadonlyMap<string, string>,
): string | undefined {
  if (specifier.startsWith("."))
    return relative(root, resolve(root, dirname(file), specifier))
      .split(sep)
      .join("/");
  if (specifier.startsWith("/")) return specifier;
  const name = specifier.split("/").slice(0, 2).join("/");
  const folder = packages.get(name);
  return folder === undefined ? undefined : join(folder, specifier.slice(name.length));
}

/** Folders of the repository's packages, by their names. */
function packagesIn(root: string): ReadonlyMap<string, string> {
  const manifests = globSync("{packages,services,apps}/*/package.json", { cwd: root });
  const found = new Map<string, string>();
  for (const file of [...manifests, ...globSync("{schema,bench,claims}/package.json", { cwd: root })]) {
    const { name } = JSON.parse(readFileSync(join(root, file), "utf8")) as { name: string };
    found.set(name, dirname(file));
  }
  return found;
}
