import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FromServer, Load, ToServer, Usage } from "../edge/protocol.ts";

/** A server on a core of its own; whoever loads it has another. */
export interface Pinned {
  readonly url: string;
  load(load: Load): Promise<void>;
  usage(): Promise<Usage>;
  kill(): Promise<void>;
}

const SERVER_CORE = "0";
const LOAD_CORE = "1";
const CALLER = join(import.meta.dirname, "caller.ts");
const START_MS = 30_000;

/** @throws when `taskset` is not there */
export function pinLoad(): void {
  execFileSync("taskset", ["-cp", LOAD_CORE, String(process.pid)], { stdio: "ignore" });
}

export async function pinned(file: string, options: object = {}): Promise<Pinned> {
  const child = fork(file, [JSON.stringify(options)], {
    execPath: "taskset",
    execArgv: ["-c", SERVER_CORE, process.execPath, "--expose-gc"],
  });
  child.setMaxListeners(0);
  const { url } = await said(child, "url");
  return {
    url,
    async load(load) {
      child.send({ load } satisfies ToServer);
      await said(child, "loaded");
    },
    async usage() {
      child.send({ usage: true } satisfies ToServer);
      return (await said(child, "usage")).usage;
    },
    async kill() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Somebody who calls at a pace, beside the load. */
export async function calling(server: Pinned, ours: boolean): Promise<{ stop(): Promise<number> }> {
  const child = fork(CALLER, [JSON.stringify({ url: server.url, ours })]);
  await once(child, "message");
  return {
    async stop() {
      const told = once(child, "message") as Promise<[{ p99Ms: number }]>;
      child.send({ stop: true });
      const [{ p99Ms }] = await told;
      child.disconnect();
      return p99Ms;
    },
  };
}

type Answer<K> = Extract<FromServer, Record<K & string, unknown>>;

function said<K extends "url" | "loaded" | "usage">(child: ChildProcess, key: K): Promise<Answer<K>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${key} within ${START_MS} ms`)), START_MS);
    const onMessage = (message: FromServer) => {
      if (!(key in message)) return;
      clearTimeout(timer);
      child.off("message", onMessage);
      resolve(message as Answer<K>);
    };
    child.on("message", onMessage);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
}
