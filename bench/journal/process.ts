import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { paced } from "@orrery/bus-conformance";
import type { Kept } from "./ledger.ts";

const START_MS = paced(30_000);

/** A program of this folder, once it has said its first word. */
export async function begin(
  program: string,
  ...args: readonly string[]
): Promise<{ child: ChildProcess; word: unknown }> {
  const child = fork(join(import.meta.dirname, program), args, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [word] = await Promise.race([
    once(child, "message", { signal: AbortSignal.timeout(START_MS) }),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`${program} ended with ${code}`))),
  ]);
  return { child, word };
}

/** Sends a word and gives the answer to it. */
export async function ask<T>(child: ChildProcess, word: string): Promise<T> {
  const answer = once(child, "message");
  child.send(word);
  return (await answer)[0] as T;
}

export async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Stops a writer after its last frame. */
export function endWriter(child: ChildProcess): Promise<{ ledger: Kept[]; seconds: number }> {
  return ask(child, "stop");
}
