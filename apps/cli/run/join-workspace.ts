import { existsSync, mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

interface Lockfile {
  packages: Record<string, object>;
}

/**
 * Makes a new folder one of the workspaces: its link in node_modules, and its two entries in the lockfile, so that
 * a later `npm ci` finds it. `npm install` would do the same, but with node_modules there it forgets the packages
 * of other platforms, and `npm ci` then refuses the lockfile.
 * @returns takes both back
 */
export function joinWorkspace(root: string, folder: string): () => void {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    name: string;
    private?: boolean;
    type?: string;
    exports?: object;
  };
  const link = join(root, "node_modules", manifest.name);
  if (!existsSync(link)) {
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(root, folder)), link, "dir");
  }
  const path = join(root, "package-lock.json");
  const before = readFileSync(path, "utf8");
  const lock = JSON.parse(before) as Lockfile;
  // The lockfile keeps of a manifest what resolves packages.
  const {
    private: _private,
    type: _type,
    exports: _exports,
    description: _,
    ...entry
  } = manifest as Record<string, unknown>;
  lock.packages[folder] = entry;
  lock.packages[`node_modules/${manifest.name}`] = { resolved: folder, link: true };
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  return () => {
    writeFileSync(path, before);
    unlinkSync(link);
  };
}
