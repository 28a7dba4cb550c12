// Lets the Python reader, which was written from docs/wire-format.md alone, read every golden vector.
//   node packages/wire/interop/check.ts      exit 0 pass, 1 fail, 3 not run
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const reader = join(import.meta.dirname, "read_frames.py");
const golden = join(import.meta.dirname, "../golden");
const python = spawnSync("python3", [reader, "--check", golden], { stdio: "inherit" });
if (python.error !== undefined) {
  process.stdout.write(`not run: no python3 on this machine (${python.error.message})\n`);
  process.exit(3);
}
process.exit(python.status ?? 1);
