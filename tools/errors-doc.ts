// Writes docs/errors.md from the catalogues: node tools/errors-doc.ts [--check]
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ErrorKind } from "@orrery/wire";

const ROOT = resolve(import.meta.dirname, "..");
const CATALOGUES = "{packages,services,apps}/*/{errors,catalogue}.ts";

/** Every error code there is, by the folder whose catalogue holds it. */
export async function catalogues(): Promise<ReadonlyMap<string, readonly ErrorKind[]>> {
  const found = new Map<string, readonly ErrorKind[]>();
  for (const file of globSync(CATALOGUES, { cwd: ROOT }).sort()) {
    const module = (await import(join(ROOT, file))) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (name.endsWith("Errors") && typeof value === "object" && value !== null) {
        found.set(file.split("/").slice(0, 2).join("/"), Object.values(value as Record<string, ErrorKind>));
      }
    }
  }
  return found;
}

export async function errorsPage(): Promise<string> {
  const parts = [
    "# Error codes",
    "",
    "Written by `node tools/errors-doc.ts` from the catalogues; a test keeps the two in step. Codes are never reused. The status is the one of gRPC and Connect that a call ends with.",
    "",
  ];
  for (const [folder, kinds] of await catalogues()) {
    parts.push(
      `## ${folder}`,
      "",
      "| Code | Status | What happened | What to do | Retry |",
      "|---|---|---|---|---|",
    );
    for (const { code, status, summary, todo, retryable } of kinds)
      parts.push(
        `| \`${code}\` | ${status} | ${summary} | ${todo.replace(/\.$/, "")} | ${retryable ? "yes" : "no"} |`,
      );
    parts.push("");
  }
  return parts.join("\n");
}

if (import.meta.main) {
  const page = await errorsPage();
  const file = join(ROOT, "docs/errors.md");
  if (process.argv.includes("--check")) process.exitCode = readFileSync(file, "utf8") === page ? 0 : 1;
  else writeFileSync(file, page);
}
