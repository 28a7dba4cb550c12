// The disk under all of Orrery fills up under load and gets room again; the journal against the callers' ledger:
//   node bench/kill9/full-disk.ts [--json]      needs the right to mount a small file system; exit 3 without it
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paced } from "@orrery/bus-conformance";
import { createLoad } from "./load.ts";
import { startOrrery } from "./orrery.ts";
import { verify } from "./verify.ts";

const ROOMY = "200m";
/** What is left when the load begins. */
const ROOM_BYTES = 3 * 1024 * 1024;
const FULL_MS = 4_000;
const PATIENCE_MS = paced(30_000);
const LOOK_MS = 100;
const NOT_RUN = 3;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const mount = (...args: string[]) => spawnSync("/bin/mount", args).status === 0;

const root = mkdtempSync(join(tmpdir(), "orrery-full-disk-"));
const disk = join(root, "disk");
mkdirSync(disk);
if (!mount("-t", "tmpfs", "-o", `size=${ROOMY}`, "tmpfs", disk)) {
  rmSync(root, { recursive: true });
  console.error("no small file system could be mounted here");
  process.exit(NOT_RUN);
}

const orrery = await startOrrery(join(disk, "data"), undefined);
const usedBytes = () => {
  const { blocks, bfree, bsize } = statfsSync(disk);
  return (blocks - bfree) * bsize;
};
let code = 1;
try {
  const small = `remount,size=${usedBytes() + ROOM_BYTES}`;
  if (!mount("-o", small, disk)) throw new Error("the file system could not be made smaller");
  const load = createLoad();
  const stop = load.run(orrery.edge);
  const health = async () => {
    const response = await fetch(new URL("/healthz", orrery.url)).catch(() => undefined);
    const report = (await response?.json()) as { healthy: boolean } | undefined;
    return { healthy: report?.healthy ?? false, text: JSON.stringify(report) };
  };
  async function until(healthy: boolean): Promise<string> {
    let last = "";
    for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs; await wait(LOOK_MS)) {
      const now = await health();
      last = now.text;
      if (now.healthy === healthy) return last;
    }
    throw new Error(`it was not ${healthy ? "" : "un"}healthy within ${PATIENCE_MS} ms: ${last}`);
  }
  const said = await until(false);
  await wait(FULL_MS);
  if (!mount("-o", `remount,size=${ROOMY}`, disk)) throw new Error("the file system could not be enlarged");
  await until(true);
  await wait(1_000);
  await stop();
  const report = await verify(orrery.edge, load);
  const result = { saidWhy: /full|ENOSPC|BUS_JOURNAL_DISK|BUS_DISK_FULL/.test(said), ...report };
  console.log(process.argv.includes("--json") ? JSON.stringify(result) : result);
  const faults = report.lost + report.twice + report.clockGaps + report.revisionGaps;
  code = faults === 0 && report.replay === "PASS" && result.saidWhy ? 0 : 1;
} finally {
  await orrery.kill();
  spawnSync("/bin/umount", ["-l", disk]);
  rmSync(root, { recursive: true, force: true });
}
process.exit(code);
