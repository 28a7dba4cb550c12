// The clock of a whole running world, as `orrery time watch` sees it: node bench/time/watch.ts [--seconds 30] [--json]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startOrrery } from "../kill9/orrery.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "30" }, json: { type: "boolean", default: false } },
});
const MAIN = fileURLToPath(new URL("../../apps/cli/main.ts", import.meta.url));
const data = mkdtempSync(join(tmpdir(), "orrery-watch-"));
const orrery = await startOrrery(data, undefined, ["--rate", "60"]);

function watch(): Promise<readonly Record<string, number>[]> {
  const args = ["time", "watch", "--seconds", values.seconds, "--json", "--url", orrery.url, "--data", data];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  return new Promise((resolve, reject) =>
    child.on("close", (code) => {
      if (code !== 0) reject(new Error(`orrery time watch ended with ${code}`));
      else
        resolve(
          text
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as Record<string, number>),
        );
    }),
  );
}

try {
  const { updates, hours, missingS, lateMsMedian, lateMsMost } = (await watch()).at(-1) ?? {};
  const result = { seconds: Number(values.seconds), updates, hours, missingS, lateMsMedian, lateMsMost };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await orrery.kill();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
