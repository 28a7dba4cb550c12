import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { paced } from "@orrery/bus-conformance";
import { type Edge, openEdge } from "@orrery/cli/edge.ts";

const MAIN = fileURLToPath(new URL("../../apps/cli/main.ts", import.meta.url));
/** Game seconds per real second: enough edges in a short life. */
const RATE = "3600";
/** Far beyond what it takes: the first start of a fresh clone beside other work is the slowest. */
const START_MS = 60_000;
const LAST_WORDS = 4_000;
const ENDS = ["SIGTERM", "SIGINT"] as const;

export interface RunningOrrery {
  readonly url: string;
  readonly edge: Edge;
  readonly pid: number;
  /** SIGKILL: no handler runs, nothing is flushed. */
  kill(): Promise<void>;
  /** SIGTERM, and waits until it has drained. */
  stop(): Promise<void>;
  /** Processes that it started: one for each copy of each service, if they have their own. */
  children(): readonly number[];
  /** The end of what they all wrote to standard error. */
  lastWords(): string;
}

/**
 * Starts the real program on a data folder, as an operator would.
 * @param main of another checkout
 */
export async function startOrrery(
  data: string,
  databaseUrl: string | undefined,
  more: readonly string[] = [],
  main = MAIN,
): Promise<RunningOrrery> {
  const env = { ...process.env, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
  const child = spawn(
    process.execPath,
    [main, "start", "--data", data, "--port", "0", "--no-console", "--rate", RATE, ...more],
    {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  // Whatever ends this program early must not leave a world running behind it, which would slow all later measures.
  const abandon = () => void child.kill("SIGKILL");
  process.once("exit", abandon);
  const leave = () => process.exit(1);
  for (const signal of ENDS) process.once(signal, leave);
  void ended.then(() => {
    process.off("exit", abandon);
    for (const signal of ENDS) process.off(signal, leave);
  });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors = (errors + chunk).slice(-4 * LAST_WORDS)));
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    const limitMs = paced(START_MS);
    const timer = setTimeout(
      () => reject(new Error(`no URL within ${limitMs} ms: ${errors.slice(-1_000)}`)),
      limitMs,
    );
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const found = /http:\/\/\S+/.exec(text);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[0]);
    });
    void ended.then(() => reject(new Error(`it ended while starting: ${errors.slice(-1_000)}`)));
  }).catch((error: unknown) => {
    abandon();
    throw error;
  });
  return {
    url: url.split("#")[0] ?? url,
    edge: await openEdge({ url: url.split("#")[0] ?? url, data }),
    pid: child.pid as number,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
    children: () =>
      readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")
        .split(" ")
        .filter((pid) => pid !== "")
        .map(Number),
    lastWords: () => errors.slice(-LAST_WORDS),
  };
}
