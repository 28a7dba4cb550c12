// How long until the page can be opened, and what it takes: node bench/start/main.ts [--json]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "../../apps/cli/main.ts");
const SETTLE_MS = 8_000;
const data = mkdtempSync(join(tmpdir(), "orrery-start-"));

/** Starts the program as `npm start` does and waits for its URL. */
async function start() {
  const startMs = performance.now();
  const child = spawn(process.execPath, [MAIN, "start", "--data", data, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const found = /http:\/\/\S+/.exec(text);
      if (found !== null) resolve(found[0]);
    });
    child.on("exit", (code) => reject(new Error(`it ended with ${code}`)));
  });
  return { child, url: new URL(url).origin, seconds: (performance.now() - startMs) / 1000 };
}

try {
  // The first start may have to build the page; the second is what a day's work feels like.
  const first = await start();
  first.child.kill("SIGTERM");
  await new Promise((resolve) => first.child.once("exit", resolve));
  const second = await start();
  const page = await fetch(second.url);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const status = readFileSync(`/proc/${second.child.pid}/status`, "utf8");
  const rssMiB = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  second.child.kill("SIGTERM");
  await new Promise((resolve) => second.child.once("exit", resolve));
  const result = { firstSeconds: first.seconds, seconds: second.seconds, page: page.status, rssMiB };
  console.log(process.argv.includes("--json") ? JSON.stringify(result) : result);
} finally {
  rmSync(data, { recursive: true, force: true });
}
