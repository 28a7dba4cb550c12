import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../../errors.ts";

/** Changes to a repository that either all stand in the end, or none does. */
export interface Draft {
  /** Writes a file; what was there before comes back if the draft is given up. */
  write(file: string, text: string): void;
  /** Writes code from the contracts; it is written anew if the draft is given up. */
  generate(): void;
  /** Runs a program of the repository's Node. @throws CLI_NEW_FAILED */
  run(what: string, ...args: readonly string[]): void;
  /** What else is to be taken back. */
  undo(step: () => void): void;
}

/** Lines of a failed program that its message repeats. */
const LINES = 12;

/**
 * Puts something into the repository at `root` and tries it there; nothing is left of what fails.
 * @throws CLI_NEW_FAILED, and whatever `put` throws
 */
export function draft(root: string, put: (draft: Draft) => void): void {
  const undo: (() => void)[] = [];
  // Ctrl-C reaches the program that runs, which then has failed: what was written is taken away before this one ends.
  const stay = () => {};
  process.on("SIGINT", stay);
  try {
    put(draftIn(root, undo));
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  } finally {
    process.off("SIGINT", stay);
  }
}

function draftIn(root: string, undo: (() => void)[]): Draft {
  const node = (args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  const run = (what: string, ...args: readonly string[]) => {
    const { status, signal, stdout, stderr } = node(args);
    if (status === 0) return;
    const words = `${stdout}${stderr}`.trim().split("\n").slice(0, LINES).join("\n");
    const how = signal === null ? "" : `, which ${signal} ended`;
    const given = `${what}${how}${words === "" ? "" : `:\n${words}\n`}`;
    throw new OrreryError(cliErrors.CLI_NEW_FAILED, { given });
  };
  return {
    run,
    undo: (step) => void undo.push(step),
    write(file, text) {
      const path = join(root, file);
      const before = existsSync(path) ? readFileSync(path) : undefined;
      undo.push(
        before === undefined ? () => rmSync(path, { force: true }) : () => writeFileSync(path, before),
      );
      makeFolder(dirname(path), undo);
      writeFileSync(path, text);
    },
    generate() {
      // What is at the front is taken back last: only then are the contracts as they were.
      undo.unshift(() => void node(["tools/generate.ts"]));
      run("code from the contracts", "tools/generate.ts");
    },
  };
}

/** Makes a folder and those above it that are missing; those go again, with whatever came into them. */
function makeFolder(folder: string, undo: (() => void)[]): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), undo);
  mkdirSync(folder);
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
}
