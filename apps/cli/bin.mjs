#!/usr/bin/env node
// Runs the command under the Node that came with the packages, whatever Node started this file.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LEAST_MAJOR = 24;
const main = fileURLToPath(new URL("./main.ts", import.meta.url));

function broughtNode() {
  for (let folder = dirname(main); ; folder = dirname(folder)) {
    const candidate = join(
      folder,
      "node_modules",
      "node",
      "bin",
      process.platform === "win32" ? "node.exe" : "node",
    );
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

if (Number(process.versions.node.split(".")[0]) >= LEAST_MAJOR) {
  await import(main);
} else {
  const node = broughtNode();
  if (node === undefined) {
    console.error(`Orrery needs Node ${LEAST_MAJOR}: run \`npm ci\` in the repository, which brings it.`);
    process.exit(2);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}
