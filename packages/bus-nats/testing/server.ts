import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { connect } from "@nats-io/transport-node";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface NatsServer {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly pid: number;
  /** Ends the process, `SIGKILL` unless told; its store stays. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and store. */
  restart(): Promise<void>;
  /** Ends it, empties its store and starts it again. */
  empty(): Promise<void>;
  /** Ends it and removes its store. */
  close(): Promise<void>;
}

export interface NatsServerOptions {
  /** Every write is synced before it is acknowledged. */
  readonly syncAlways?: boolean;
  /** Where its folder is made; default the system's temporary folder. */
  readonly parent?: string;
  /** More lines of configuration. */
  readonly config?: string;
}

const READY_MS = 10_000;

/** Where nats-server is: `NATS_SERVER`, else the search path; undefined when there is none. */
export function findNatsServer(): string | undefined {
  const wanted = process.env["NATS_SERVER"] ?? "nats-server";
  return spawnSync(wanted, ["--version"]).status === 0 ? wanted : undefined;
}

/** One server on loopback with its store in a temporary folder. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const program = findNatsServer();
  if (program === undefined) throw new Error("no nats-server: put it in PATH or name it in NATS_SERVER");
  const dir = mkdtempSync(join(options.parent ?? tmpdir(), ".orrery-nats-"));
  const port = await freePort();
  const sync = options.syncAlways ? "sync_interval: always" : "";
  const config = join(dir, "server.conf");
  writeFileSync(
    config,
    `listen: 127.0.0.1:${port}\njetstream { store_dir: "${dir}/store"\n ${sync} }\n${options.config ?? ""}\n`,
  );
  const address = `127.0.0.1:${port}`;
  let child = await start();

  async function start() {
    const made = spawn(program as string, ["-c", config], { stdio: "ignore" });
    const untilMs = Date.now() + READY_MS;
    for (;;) {
      if (await answers(address)) return made;
      if (made.exitCode !== null || Date.now() > untilMs)
        throw new Error(`nats-server did not start: ${config}`);
    }
  }

  async function kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  return {
    address,
    get pid() {
      return child.pid as number;
    },
    kill,
    async restart() {
      await kill();
      child = await start();
    },
    async empty() {
      await kill();
      rmSync(join(dir, "store"), { recursive: true, force: true });
      child = await start();
    },
    async close() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** It takes connections; refusing the credentials is an answer too. */
async function answers(address: string): Promise<boolean> {
  try {
    const nc = await connect({ servers: address, timeout: 500, reconnect: false });
    await nc.close();
    return true;
  } catch (error) {
    if (error instanceof Error && /authorization/i.test(`${error.name} ${error.message}`)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return false;
  }
}

/** A port that nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
