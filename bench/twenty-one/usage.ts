import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Units of time in /proc, a second. */
const TICKS_A_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Seconds of a core that a process has taken so far, all its threads together. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may hold anything: state is the third field, user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

const memory = (pid: number, file: string, field: string) =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "utf8"))?.[1]) /
  1024;

export const rssMiB = (pid: number): number => memory(pid, "status", "VmRSS");
/** What several processes take together: what they share is counted once. */
export const pssMiB = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + memory(pid, "smaps_rollup", "Pss"), 0);

/** Seconds of a core that everything on the machine took, and that it had. */
function machine(): { busy: number; all: number } {
  const fields = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "")
    .trim()
    .split(/\s+/)
    .slice(1, 9)
    .map(Number);
  const all = fields.reduce((sum, one) => sum + one, 0) / TICKS_A_SECOND;
  const idle = ((fields[3] ?? 0) + (fields[4] ?? 0)) / TICKS_A_SECOND;
  return { busy: all - idle, all };
}

export interface Usage {
  /** Of a core, 0..1 and more. */
  readonly cores: number;
  /** What else the machine was doing meanwhile, in cores: a figure taken beside much else is too high. */
  readonly besideCores: number;
}

/** What processes take over so many seconds. */
export async function usageOf(pids: readonly number[], seconds: number): Promise<Usage> {
  const of = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const [before, around, startMs] = [of(), machine(), performance.now()];
  await wait(seconds * 1_000);
  const took = (performance.now() - startMs) / 1_000;
  const used = of() - before;
  return { cores: used / took, besideCores: (machine().busy - around.busy - used) / took };
}
