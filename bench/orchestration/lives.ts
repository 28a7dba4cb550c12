import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Ask, Stand, Told } from "./messages.ts";
import type { Target } from "./target.ts";

/** One life of the service's process. */
export interface Life {
  start(workflowId: string, ids: readonly string[]): Promise<void>;
  stand(): Promise<Stand>;
  /** Resolves when it is no more. */
  readonly ended: Promise<unknown>;
  kill(): Promise<void>;
}

/** @param boundary where it kills itself, once so many executions have come there; empty: it does not */
export async function live(folder: string, target: Target, boundary = "", executions = 0): Promise<Life> {
  const args = [folder, boundary === "" ? "-" : boundary, String(executions)];
  const child: ChildProcess = fork(join(import.meta.dirname, "killed-service.ts"), args, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const waiting = new Map<Told["told"], (told: Told) => void>();
  const next = <T extends Told>(told: T["told"]) =>
    Promise.race([
      new Promise<T>((resolve) => waiting.set(told, resolve as (told: Told) => void)),
      ended.then(() => {
        throw new Error("the process ended before it answered");
      }),
    ]);
  child.on("message", (told: Told) => {
    if (told.told === "do") {
      // What it asked for is done, whether or not it lives to hear of it.
      const done = target.do(told.doing);
      if (child.connected) child.send(done, () => {});
    } else waiting.get(told.told)?.(told);
  });
  const ask = (asked: Ask) => void child.send(asked, () => {});
  // It may come to its end before it has said so.
  await next("ready").catch(() => undefined);
  return {
    ended,
    async start(workflowId, ids) {
      const started = next("started");
      ask({ ask: "start", workflowId, ids });
      await started;
    },
    async stand() {
      const stand = next<Extract<Told, { told: "stand" }>>("stand");
      ask({ ask: "stand" });
      return stand;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
