import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { vi } from "vitest";
import { type Scratch, scratchRepository } from "./scratch.testing.ts";

/** A copy of the repository with its own world that can be started. */
export interface Copy extends Scratch {
  /** @returns what was printed */
  orrery(...args: readonly string[]): string;
  /** How a command ends that is refused, and what it says. */
  refused(
    env: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): { readonly status: number | null; readonly words: string };
  /** Files that are not as they were committed. */
  changes(): readonly string[];
  /** Starts a world. @returns its URL */
  start(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export function copyOfRepository(): Copy {
  const scratch = scratchRepository();
  const { root, bin, run, node } = scratch;
  let running: ChildProcess | undefined;

  function dead(child: ChildProcess, said: string): undefined {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
    return undefined;
  }
  return {
    ...scratch,
    orrery: (...args) => node("apps/cli/main.ts", ...args),
    refused(env, ...args) {
      const given = ["apps/cli/main.ts", ...args];
      const ended = spawnSync(bin, given, { cwd: root, encoding: "utf8", env: { ...process.env, ...env } });
      return { status: ended.status, words: ended.stderr };
    },
    changes: () => run("git", "status", "--porcelain", "--untracked-files=all").split("\n").filter(Boolean),
    async start(...args) {
      const given = ["apps/cli/main.ts", ...args, "--data", join(root, ".orrery"), "--port", "0"];
      const child = spawn(bin, given, { cwd: root });
      running = child;
      let said = "";
      child.stdout.on("data", (chunk) => (said += chunk));
      child.stderr.on("data", (chunk) => (said += chunk));
      const url = await vi.waitUntil(() => /http:\/\/127[^#\s]+/.exec(said)?.[0] ?? dead(child, said), {
        timeout: 60_000,
      });
      return url as string;
    },
    async stop() {
      const child = running;
      if (child === undefined) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      running = undefined;
    },
    remove() {
      running?.kill("SIGKILL");
      scratch.remove();
    },
  };
}
