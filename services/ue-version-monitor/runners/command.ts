import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import type { Job, Runner } from "./runner.ts";

/** By subject, a program and its arguments. */
export type AllowList = ReadonlyMap<string, readonly [string, ...string[]]>;

/** Told of each line that a program writes: a report of a step, as JSON. */
export type OnReport = (job: Job, line: string) => Promise<void>;

const LINE_MOST = 65_536;
const OUT = "it ended before it said that its work is done";

/**
 * Starts a program of the allow-list: without a shell, in a folder of its own, with the job in its environment. Each line on its
 * output is a report. One that ends before its work is done has failed, and what was begun does not outlive this process, nor the time in which it leads.
 */
export function commandRunner(
  allowed: AllowList,
  onReport: OnReport,
  onEnd: (job: Job, why: string) => Promise<void>,
): Runner {
  const running = new Map<string, ChildProcess>();

  async function start(kind: "upgrade" | "rollback", job: Job): Promise<void> {
    const [program, ...argv] = allowed.get(job.subjectId) ?? [];
    if (program === undefined)
      throw new OrreryError(engineErrors.ENGINE_RUNNER_REJECTED, {
        given: `no program for ${job.subjectId} is in the allow-list`,
      });
    const name = `${kind} ${job.jobRef}`;
    if (running.has(name)) return;
    const cwd = await mkdtemp(join(tmpdir(), "orrery-upgrade-"));
    const child = spawn(program, argv, {
      cwd,
      shell: false,
      // A group of its own, so that what it starts ends with it.
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
      env: { PATH: process.env["PATH"] ?? "", ORRERY_JOB: JSON.stringify({ kind, ...job, token: "" }) },
    });
    running.set(name, child);
    let reports: Promise<unknown> = Promise.resolve();
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => {
      if (line.length <= LINE_MOST) reports = reports.then(() => onReport(job, line)).catch(() => undefined);
    });
    const closed = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) => resolve(code === 0 ? OUT : `it ended with ${code ?? signal}`));
    });
    void closed.then(async (why) => {
      await reports;
      running.delete(name);
      // One that has told of all its steps has nothing left to fail.
      await onEnd(job, why).catch(() => undefined);
      await rm(cwd, { recursive: true, force: true });
    });
    const failed = await Promise.race([
      new Promise<undefined>((resolve) => child.once("spawn", () => resolve(undefined))),
      closed,
    ]);
    if (failed !== undefined && failed !== OUT)
      throw new OrreryError(engineErrors.ENGINE_RUNNER_REJECTED, { given: `${program}: ${failed}` });
  }

  return {
    start: (job) => start("upgrade", job),
    knows: async (jobRef) => running.has(`upgrade ${jobRef}`),
    rollBack: (job) => start("rollback", job),
    async end(jobRef) {
      killAll(running.get(`upgrade ${jobRef}`));
    },
    async endAll() {
      for (const child of running.values()) killAll(child);
    },
  };
}

function killAll(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
