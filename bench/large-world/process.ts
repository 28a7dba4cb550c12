import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { paced } from "@orrery/bus-conformance";

const LIFE = join(import.meta.dirname, "life.ts");
/** A recovery of the largest takes seconds. */
const START_MS = 60_000;

/** Starts a life on a data folder, all services beside it as on a laptop, and waits until its crowd is there. */
export async function startLife(data: string, databaseUrl?: string): Promise<ChildProcess> {
  const args = ["--max-semi-space-size=8", LIFE, data];
  const life = spawn(process.execPath, databaseUrl === undefined ? args : [...args, databaseUrl], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const abandon = () => void life.kill("SIGKILL");
  process.once("exit", abandon);
  life.once("exit", () => process.off("exit", abandon));
  const ended = once(life, "exit").then(() => {
    throw new Error("the life ended while it started");
  });
  const late = AbortSignal.timeout(paced(START_MS));
  await Promise.race([once(life, "message", { signal: late }), ended]);
  return life;
}

export async function kill(life: ChildProcess): Promise<void> {
  const ended = once(life, "exit");
  life.kill("SIGKILL");
  await ended;
}
