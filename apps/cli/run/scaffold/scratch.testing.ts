import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../root.ts";
import { joinWorkspace } from "../join-workspace.ts";
import { serviceFiles } from "./service-files.ts";
import type { Wanted } from "./wanted.ts";

/** A copy of the repository to build on. */
export interface Scratch {
  readonly root: string;
  /** The Node of its packages. */
  readonly bin: string;
  /** @throws with what the program said when it does not end well */
  run(command: string, ...args: readonly string[]): string;
  node(...args: readonly string[]): string;
  /** Writes services as `orrery new service` does, all in one go: their code is generated and formatted once. */
  write(services: readonly Wanted[]): void;
  remove(): void;
}

/** A program that waits for what never comes would hold everything up: no timer of a test ends it. */
const LONGEST_MS = 240_000;

/** The repository as it is committed, with the packages of this one. */
export function scratchRepository(): Scratch {
  const root = join(mkdtempSync(join(tmpdir(), "orrery-scaffold-")), "orrery");
  const bin = join(root, "node_modules/.bin/node");

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
  if (existsSync(join(ROOT, cache)))
    cpSync(join(ROOT, cache), join(root, cache), { recursive: true, force: true });
  node("tools/generate.ts");

  return {
    root,
    bin,
    run,
    node,
    write(services) {
      for (const service of services) {
        for (const [file, text] of Object.entries(serviceFiles(service))) {
          mkdirSync(dirname(join(root, file)), { recursive: true });
          writeFileSync(join(root, file), text);
        }
        joinWorkspace(root, `services/${service.id}`);
      }
      node("node_modules/@biomejs/biome/bin/biome", "format", "--write", "services");
      node("tools/generate.ts");
    },
    remove: () => rmSync(join(root, ".."), { recursive: true, force: true }),
  };
}
