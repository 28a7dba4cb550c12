import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** SNS and SQS on loopback, from PyPI's ministack. */
export interface Emulator {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly pid: number;
  /** Forgets everything. */
  reset(): Promise<void>;
  /** Ends the process, `SIGKILL` unless told. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port; without `persist` it has forgotten everything. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface EmulatorOptions {
  /** Keeps its state over a restart that it was asked for (SIGTERM). */
  readonly persist?: boolean;
}

/** What every emulator takes for credentials. */
export const TEST_CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

const READY_MS = 30_000;
const LOOK_MS = 50;

/** Where ministack is: `MINISTACK`, else the search path; undefined when there is none. */
export function findMinistack(): string | undefined {
  const wanted = process.env["MINISTACK"];
  if (wanted !== undefined) return wanted;
  const found = spawnSync("which", ["ministack"], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

/** One emulator, on loopback: it would bind every address unless told. */
export async function startMinistack(options: EmulatorOptions = {}): Promise<Emulator> {
  const program = findMinistack();
  if (program === undefined) throw new Error("no ministack: pip install ministack, or name it in MINISTACK");
  const dir = mkdtempSync(join(tmpdir(), ".orrery-aws-"));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  let child = await start();

  async function start(): Promise<ChildProcess> {
    const made = spawn(program as string, [], {
      stdio: "ignore",
      cwd: dir,
      env: {
        ...process.env,
        BIND_HOST: "127.0.0.1",
        MINISTACK_HOST: "127.0.0.1",
        GATEWAY_PORT: String(port),
        EDGE_PORT: String(port),
        LOG_LEVEL: "ERROR",
        STATE_DIR: join(dir, "state"),
        PERSIST_STATE: options.persist ? "1" : "0",
      },
    });
    const untilMs = Date.now() + READY_MS;
    for (;;) {
      if (await answers(endpoint)) return made;
      if (made.exitCode !== null || Date.now() > untilMs) throw new Error("ministack did not start");
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async function kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  return {
    endpoint,
    get pid() {
      return child.pid as number;
    },
    async reset() {
      await fetch(`${endpoint}/_ministack/reset`, { method: "POST" });
    },
    kill,
    async restart() {
      await kill(options.persist ? "SIGTERM" : "SIGKILL");
      child = await start();
    },
    async close() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
