// Fills the file system of a journal while events come, then makes room: nothing may be lost, and nobody helps.
// Needs the right to mount a small tmpfs; ends with 3 where that is refused.
//   node bench/journal/disk-full.ts [--full-s 8] [--json]
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { caughtUp } from "./caught-up.ts";
import { compare } from "./ledger.ts";
import { ask, begin, endWriter, kill } from "./process.ts";

const NOT_RUN = 3;
const SIZE_MIB = 64;
const HEALTHY_MS = 10_000;
const LOOK_MS = 200;
const { values } = parseArgs({
  options: {
    "full-s": { type: "string", default: "8" },
    json: { type: "boolean", default: false },
  },
});

interface Asked {
  readonly health: readonly { readonly healthy: boolean; readonly checks: readonly object[] }[];
}

const BLOCK = Buffer.alloc(4_096);

/** Takes all room there is, to the last block. */
function fill(file: string): void {
  try {
    for (;;) appendFileSync(file, BLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

const data = mkdtempSync(join(process.cwd(), ".bench-journal-"));
const small = mkdtempSync(join(tmpdir(), "orrery-small-"));
let mounted = false;
try {
  try {
    execFileSync("/usr/bin/mount", ["-t", "tmpfs", "-o", `size=${SIZE_MIB}m`, "tmpfs", small], {
      stdio: "ignore",
    });
    mounted = true;
  } catch {
    console.error("no file system of a limited size can be mounted here");
    process.exitCode = NOT_RUN;
  }
  if (mounted) {
    mkdirSync(join(small, "event-bus"));
    // The log is elsewhere: this is about the journal's own disk.
    symlinkSync(join(small, "event-bus"), join(data, "event-bus"));
    const { child: service } = await begin("service.ts", data);
    const { child: writer } = await begin("writer.ts", data, "5000", "100");
    await setTimeout(2_000);
    const filler = join(small, "filler");
    fill(filler);
    await setTimeout(Number(values["full-s"]) * 1_000);
    const { health } = await ask<Asked>(service, "how");
    rmSync(filler);
    const { ledger } = await endWriter(writer);
    const written = ledger.reduce((sum, { count }) => sum + count, 0);
    const behind = await caughtUp(data, "ledger", written);
    const isHealthy = ({ health: all }: Asked) => all.every(({ healthy }) => healthy);
    let after = await ask<Asked>(service, "how");
    for (const endMs = performance.now() + HEALTHY_MS; !isHealthy(after) && performance.now() < endMs; ) {
      await setTimeout(LOOK_MS);
      after = await ask<Asked>(service, "how");
    }
    await kill(service);
    const report = {
      written,
      behind,
      unhealthyWhileFull: health.some(({ healthy }) => !healthy) ? 1 : 0,
      healthyAfter: isHealthy(after) ? 1 : 0,
      ...compare(data, "ledger", ledger),
    };
    console.log(values.json ? JSON.stringify(report) : report);
    const faults = report.missing + report.extra + report.changed + report.ordinals + Math.abs(behind);
    process.exitCode = faults === 0 && report.unhealthyWhileFull + report.healthyAfter === 2 ? 0 : 1;
  }
} finally {
  // Lazily: after a fault the service may still hold it for a moment.
  if (mounted) execFileSync("/usr/bin/umount", ["-l", small]);
  rmSync(small, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
}
