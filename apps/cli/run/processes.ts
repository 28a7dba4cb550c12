import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Logger } from "@orrery/service";
import { systemClock } from "@orrery/service";
import { ROOT } from "../root.ts";
import type { Plan } from "./plan.ts";

const MAIN = join(ROOT, "apps/cli/main.ts");
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** A process that lived so long had started well. */
const WELL_MS = 30_000;
const STOP_MS = 35_000;

/** One copy of a service in a process of its own, started again when it ends. */
export interface Member {
  readonly service: string;
  readonly copy: number;
  readonly pid: number | undefined;
  /** Resolves when it has come up for the first time. */
  readonly started: Promise<void>;
  stop(): Promise<void>;
}

export function keepMember(plan: Plan, service: string, copy: number, log: Logger): Member {
  const stopping = new AbortController();
  const up = Promise.withResolvers<void>();
  let child: ChildProcess | undefined;

  function run(): Promise<string> {
    const args = ["member", service, "--data", plan.data, "--copy", String(copy)];
    // Its answers come on standard error: standard output is the parent's.
    const own = fork(MAIN, args, { stdio: ["ignore", 2, 2, "ipc"] });
    child = own;
    own.on("message", () => up.resolve());
    return new Promise((resolve) => own.on("exit", (code, signal) => resolve(signal ?? `code ${code}`)));
  }

  async function keep(): Promise<void> {
    for (
      let pause = FIRST_PAUSE_MS;
      !stopping.signal.aborted;
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    ) {
      const startMs = systemClock.now();
      const end = await run();
      if (stopping.signal.aborted) return;
      if (systemClock.now() - startMs > WELL_MS) pause = FIRST_PAUSE_MS;
      log.error({ service, copy, end }, `the process ended; it is started again in ${pause} ms`);
      await systemClock.sleep(pause, stopping.signal);
    }
  }
  const keeping = keep();

  return {
    service,
    copy,
    get pid() {
      return child?.pid;
    },
    started: up.promise,
    async stop() {
      stopping.abort();
      child?.kill("SIGTERM");
      const late = setTimeout(() => child?.kill("SIGKILL"), STOP_MS);
      await keeping;
      clearTimeout(late);
    },
  };
}
