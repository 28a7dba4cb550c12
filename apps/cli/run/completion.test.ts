import { spawnSync } from "node:child_process";
import { Command } from "commander";
import { expect, it } from "vitest";
import { commands } from "../commands/mod.ts";
import { completionScript, SHELLS, wordsByPath } from "./completion.ts";

const program = new Command("orrery");
for (const command of commands) program.addCommand(command);

/** What a real bash offers after these words. */
function offered(...words: string[]): string[] {
  const script = `${completionScript(program, "bash")}
COMP_WORDS=(orrery ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}
_orrery; echo "\${COMPREPLY[@]}"`;
  return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim().split(" ");
}

it("offers a real bash the commands, what stands under them, and their options", () => {
  expect(offered("")).toEqual(expect.arrayContaining(["start", "time", "world", "--help"]));
  expect(offered("ti")).toEqual(["time"]);
  expect(offered("world", "fa")).toEqual(["fast-forward"]);
  expect(offered("time", "watch", "--se")).toEqual(["--seconds"]);
});

it("knows every command for every shell", () => {
  for (const shell of SHELLS) {
    const script = completionScript(program, shell);
    for (const path of wordsByPath(program).keys())
      for (const word of path.split(" ")) expect(script).toContain(word);
  }
});
