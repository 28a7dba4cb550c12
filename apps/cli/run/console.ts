import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";
import { ROOT } from "../root.ts";

export const CONSOLE_FOLDER = join(ROOT, "apps/console/dist");
const SOURCES = ["apps/console", "packages/client", "packages/wire", "schema/orrery"];
const STAMP = ".built-from";

/** Names and sizes and times of what the page is made of: changes when any of it does. */
function digestOfSources(): string {
  const hash = createHash("sha256");
  const visit = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(folder, entry.name);
      if (entry.name === "node_modules" || entry.name === "dist") continue;
      if (entry.isDirectory()) visit(path);
      else hash.update(`${path} ${statSync(path).size} ${statSync(path).mtimeMs}\n`);
    }
  };
  for (const source of SOURCES) visit(join(ROOT, source));
  return hash.digest("hex");
}

/** Builds the console's page when it is not there or older than its sources. @returns whether it had to. @throws CLI_CONSOLE_BUILD */
export async function buildConsole(): Promise<boolean> {
  const digest = digestOfSources();
  const stamp = join(CONSOLE_FOLDER, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return false;
  const child = spawn(
    process.execPath,
    [join(ROOT, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"],
    {
      cwd: join(ROOT, "apps/console"),
      // Whoever builds it (a test, a shell of a developer), it is the page that users get.
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let words = "";
  child.stdout.on("data", (chunk) => (words += chunk));
  child.stderr.on("data", (chunk) => (words += chunk));
  const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  if (code !== 0) throw new OrreryError(cliErrors.CLI_CONSOLE_BUILD, { given: words.trim().slice(0, 2_000) });
  writeFileSync(stamp, digest);
  return true;
}
