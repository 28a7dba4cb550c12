// Twenty-one services, those that are not built yet from the scaffold, in a copy of the repository: how soon they are ready, and
// what they take while nobody is there, nor lives in the valley: node bench/twenty-one/main.ts [--runs 3] [--seconds 60] [--processes] [--json]
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { scratchRepository } from "@orrery/cli/run/scaffold/scratch.testing.ts";
import { startOrrery } from "../kill9/orrery.ts";
import { percentile } from "../journal/percentile.ts";
import { whenReady } from "./ready.ts";
import { TO_BUILD } from "./services.ts";
import { cpuSeconds, pssMiB, rssMiB, usageOf } from "./usage.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    seconds: { type: "string", default: "60" },
    processes: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const RUNS = Number(values.runs);
const SECONDS = Number(values.seconds);
/** What a start leaves behind (compiled code, connections, first commits) is over by then. */
const SETTLE_MS = 20_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Run {
  readonly readySeconds: number;
  /** Seconds of a core until then: what a busy machine does not change. */
  readonly startCpuSeconds: number;
  readonly rssMiB: number;
  readonly cores: number;
  readonly besideCores: number;
  readonly processes: number;
  readonly missing: readonly string[];
}

const scratch = scratchRepository();
const data = mkdtempSync(join(tmpdir(), "orrery-twenty-one-"));

/** Services of the copy that health does not know, or that could not start. */
async function missing(url: string): Promise<readonly string[]> {
  const report = (await (await fetch(new URL("/healthz", url))).json()) as {
    readonly services: Readonly<Record<string, { readonly ready: boolean }>>;
  };
  const known = readdirSync(join(scratch.root, "services"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  return known.filter((name) => report.services[name]?.ready !== true);
}

/** One life on the data folder, as an operator would start it. */
async function live(): Promise<Run> {
  const startMs = performance.now();
  const how = values.processes ? ["--processes", "per-service"] : [];
  const orrery = await startOrrery(
    data,
    undefined,
    ["--rate", "60", ...how],
    join(scratch.root, "apps/cli/main.ts"),
  );
  try {
    await whenReady(data, values.processes ? undefined : orrery.url);
    const readySeconds = (performance.now() - startMs) / 1_000;
    const pids = [orrery.pid, ...orrery.children()];
    const startCpuSeconds = pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    await wait(SETTLE_MS);
    const usage = await usageOf(pids, SECONDS);
    const memory = values.processes ? pssMiB(pids) : rssMiB(orrery.pid);
    return {
      readySeconds,
      startCpuSeconds,
      rssMiB: memory,
      ...usage,
      processes: pids.length,
      missing: values.processes ? [] : await missing(orrery.url),
    };
  } finally {
    await orrery.stop();
  }
}

try {
  scratch.write(TO_BUILD);
  // People are never at rest; what they take has figures of its own.
  for (const file of ["people", "economy"]) rmSync(join(scratch.root, `worlds/hollowmere/${file}.yaml`));
  scratch.node("apps/cli/run/scaffold/try-load.ts", TO_BUILD[0]?.id ?? "");
  // The first start makes the world, and its code is compiled for the first time.
  const first = await live();
  const runs: Run[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await live());
  const median = (of: (run: Run) => number) => percentile(runs.map(of), 0.5);
  const result = {
    machine: `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, node ${process.versions.node}`,
    firstSeconds: first.readySeconds,
    readySeconds: median(({ readySeconds }) => readySeconds),
    startCpuSeconds: median(({ startCpuSeconds }) => startCpuSeconds),
    rssMiB: median(({ rssMiB }) => rssMiB),
    cores: median(({ cores }) => cores),
    besideCores: median(({ besideCores }) => besideCores),
    processes: runs[0]?.processes ?? 0,
    missing: runs.flatMap(({ missing }) => missing),
    runs,
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  rmSync(data, { recursive: true, force: true });
  scratch.remove();
}
