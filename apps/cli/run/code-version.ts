import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createVersions } from "@orrery/simulation/version";
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

/** What a host says of its code. @param data where digests of files are remembered between starts */
export function codeFacts(data: string) {
  const commit = codeVersion();
  return { codeVersion: commit, versionOf: createVersions(commit, join(data, "code-digests.json")) };
}
