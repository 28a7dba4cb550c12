import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** A copy of this repository whose services can be edited; its packages are this one's. */
export interface Checkout {
  readonly folder: string;
  readonly main: string;
  /** @throws when the text is not there: the edit would prove nothing */
  edit(file: string, from: string, to: string): void;
  /** As they are here. */
  restore(): void;
  remove(): void;
}

export function makeCheckout(): Checkout {
  const folder = mkdtempSync(join(tmpdir(), "orrery-checkout-"));
  const files = execFileSync("git", ["ls-files", "services", "apps", "worlds", "package.json"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const copy = (file: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  };
  // What is removed and not committed yet is listed all the same.
  for (const file of files.trim().split("\n")) if (existsSync(join(ROOT, file))) copy(file);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const edited = new Set<string>();
  return {
    folder,
    main: join(folder, "apps/cli/main.ts"),
    edit(file, from, to) {
      const text = readFileSync(join(folder, file), "utf8");
      if (!text.includes(from)) throw new Error(`${file} does not have ${from}`);
      writeFileSync(join(folder, file), text.replace(from, to));
      edited.add(file);
    },
    restore() {
      for (const file of edited) copy(file);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
