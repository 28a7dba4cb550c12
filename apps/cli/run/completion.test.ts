import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { createProgram } from "../program.ts";
import { completionScript, SHELLS, wordsByPath } from "./completion.ts";
import { completionValues } from "./completion-values.ts";

const program = createProgram();
const values = completionValues(["bus/latency", "edge/sockets"]);

/** An Orrery with two worlds, as far as a shell can see. */
const RUNNING = `orrery() { case "$1 $2" in
  "world ls") printf '{"world":"vale","title":"Vale"}\\n{"world":"fen","title":"Fen"}\\n' ;;
  "bus ls") printf '{"subscription":"weather-manager/aggregate-0","order":"key"}\\n' ;;
esac; }`;

/** What a real bash offers after these words. */
function offered(...words: string[]): string[] {
  const script = `${RUNNING}
${completionScript(program, "bash", values)}
COMP_WORDS=(orrery ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}
$(complete -p orrery | sed 's/.*-F \\([^ ]*\\).*/\\1/'); echo "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout
    .trim()
    .split(" ")
    .filter((word) => word !== "");
}

it("offers a real bash the commands, what stands under them, and their options", () => {
  expect(offered("")).toEqual(expect.arrayContaining(["start", "time", "world", "--help"]));
  expect(offered("ti")).toEqual(["time"]);
  expect(offered("world", "fa")).toEqual(["fast-forward"]);
  expect(offered("time", "watch", "--se")).toEqual(["--seconds"]);
});

it("goes on after an option's value, and after an argument", () => {
  expect(offered("time", "--world", "vale", "wa")).toEqual(["watch"]);
  expect(offered("world", "snapshot", "folder", "--js")).toEqual(["--json"]);
  expect(offered("start", "--port", "")).toEqual([]);
});

it("offers types, benches and shells as they are, worlds and subscriptions as they run", () => {
  expect(offered("schema", "show", "weather.v1.WeatherCh")).toEqual(["weather.v1.WeatherChanged"]);
  expect(offered("bench", "edge")).toEqual(["edge/sockets"]);
  expect(offered("completion", "z")).toEqual(["zsh"]);
  expect(offered("time", "now", "--world", "")).toEqual(["vale", "fen"]);
  expect(offered("bus", "explain", "wea")).toEqual(["weather-manager/aggregate-0"]);
});

it("knows every command for every shell", () => {
  for (const shell of SHELLS) {
    const script = completionScript(program, shell, values);
    for (const path of wordsByPath(program).keys())
      for (const word of path.split(" ")) expect(script).toContain(word);
  }
});
