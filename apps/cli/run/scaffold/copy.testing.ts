import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { ROOT } from "../../root.ts";

/** A copy of the repository to build on, with its own world that can be started. */
export interface Copy {
  readonly root: string;
  /** @throws with what the program said when it does not end well */
  run(command: string, ...args: readonly string[]): string;
  node(...args: readonly string[]): string;
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
  remove(): void;
}

/** A program that waits for what never comes would hold the whole suite up: no timer of a test ends it. */
const LONGEST_MS = 240_000;

/** The repository as it is committed, with the packages of this one. */
export function copyOfRepository(): Copy {
  const root = join(mkdtempSync(join(tmpdir(), "orrery-scaffold-")), "orrery");
  const bin = join(root, "node_modules/.bin/node");
  let running: ChildProcess | undefined;

  function run(command: string, ...args: readonly string[]): string {
    const options = { cwd: root, encoding: "utf8", timeout: LONGEST_MS } as const;
    const { status, stdout, stderr } = spawnSync(command, args, options);
    if (status !== 0)
      throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
    return stdout;
  }
  const node = (...args: readonly string[]) => run(bin, ...args);
  const { status, stderr } = spawnSync("git", ["clone", "--quiet", ROOT, root], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  // Hard links: a copy that costs nothing, whose links among workspaces point into the copy.
  run("cp", "-al", join(ROOT, "node_modules"), join(root, "node_modules"));
  // What compilers note down is written over in place: the copy has its own.
  const cache = "node_modules/.cache";
  rmSync(join(root, cache), { recursive: true, force: true });
  cpSync(join(ROOT, cache), join(root, cache), { recursive: true, force: true });
  node("tools/generate.ts");

  function dead(child: ChildProcess, said: string): undefined {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
    return undefined;
  }
  return {
    root,
    run,
    node,
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
      rmSync(join(root, ".."), { recursive: true, force: true });
    },
  };
}
