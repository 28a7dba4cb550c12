import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** What makes JavaScript of a module takes a thread 13 MB and longer than all the rest of its start: it is kept here. */
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/orrery-threads", import.meta.url));

/** Starts a thread for what must not hold up this one: it waits for a disk. It is given nothing of the environment. */
export function ownThread(module: URL, options: Omit<WorkerOptions, "execArgv" | "env">): Worker {
  return new Worker(module, { ...options, execArgv: [], env: { NODE_COMPILE_CACHE: CACHE } });
}
