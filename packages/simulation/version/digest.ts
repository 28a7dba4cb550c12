import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { reachOf, readModule } from "./reach.ts";

/*
 * The version of code is a digest of all modules that one reaches, of the packages from elsewhere among them, and of Node.
 * It is taken after types, comments and layout are gone: what cannot change what happens is no other version.
 */

interface Known {
  /** Digest of the code. */
  readonly code: string;
  readonly imports: readonly string[];
}

const LENGTH = 12;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/**
 * @param cacheFile remembers what was found of a file's text, so that a start need not go through it again; undefined:
 * nothing is written
 * @returns of a module, as a URL or a path: `<digest>@<commit>`; a module that is no file has the commit's name only
 */
export function createVersions(commit: string, cacheFile?: string): (module: string) => Promise<string> {
  const remembered = cacheFile === undefined ? {} : recall(cacheFile);
  let grown = false;

  async function known(file: string): Promise<Known> {
    const raw = sha256(readFileSync(file, "utf8"));
    let found = remembered[raw];
    if (found === undefined) {
      const { code, imports } = await readModule(file);
      found = { code: sha256(code), imports };
      remembered[raw] = found;
      grown = true;
    }
    return found;
  }

  async function versionOf(file: string): Promise<string> {
    const found = new Map<string, Known>();
    const { files, packages } = await reachOf(file, async (one) => {
      const read = await known(one);
      found.set(one, read);
      return read;
    });
    if (grown && cacheFile !== undefined) keep(cacheFile, remembered);
    grown = false;
    const parts = files.map((one) => found.get(one)?.code ?? "");
    const all = [process.version, ...packages, ...parts].join("\n");
    return `${sha256(all).slice(0, LENGTH)}@${commit}`;
  }

  return async (module) => {
    const file = module.startsWith("file:") ? fileURLToPath(module) : module;
    return isAbsolute(file) ? versionOf(file) : commit;
  };
}

/** Whatever cannot be read is found again. */
function recall(file: string): Record<string, Known> {
  try {
    return { ...(JSON.parse(readFileSync(file, "utf8")) as Record<string, Known>) };
  } catch {
    return {};
  }
}

/**
 * In one go: processes that start together write the same file. Where it cannot be written, on a full disk or a folder to
 * read only, the next start looks again: no service is kept from starting by that.
 */
function keep(file: string, remembered: Record<string, Known>): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, JSON.stringify(remembered));
    renameSync(draft, file);
  } catch {
    try {
      rmSync(draft, { force: true });
    } catch {}
  }
}
