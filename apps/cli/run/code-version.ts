import { execFileSync } from "node:child_process";
import { ROOT } from "../root.ts";

/** The commit that runs, with a mark when files differ from it; `unversioned` outside a checkout. */
export function codeVersion(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    return git("describe", "--always", "--dirty=+edits", "--abbrev=12");
  } catch {
    return "unversioned";
  }
}
