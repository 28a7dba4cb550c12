import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXIT } from "../exit.ts";
import { ROOT } from "../root.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-exit-"));
writeFileSync(join(folder, "something"), "");
afterAll(() => rmSync(folder, { recursive: true }));

const orrery = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "apps/cli/main.ts"), ...args], { encoding: "utf8", cwd: ROOT });
const NOBODY = "http://127.0.0.1:9";

describe("an exit code", () => {
  it.each([
    ["done", EXIT.pass, ["schema", "list", "--json"], /^\{"type":/],
    ["asked for help", EXIT.pass, ["--help"], /Usage: orrery/],
    [
      "the snapshot is none",
      EXIT.fail,
      ["world", "restore", folder, "--data", `${folder}-new`],
      /CLI_SNAPSHOT_BROKEN/,
    ],
    ["no such command", EXIT.usage, ["wrold"], /unknown command.*[^]*orrery --help/],
    ["an argument out of range", EXIT.usage, ["time", "rate", "99999999"], /between 0\.1 and 36000/],
    [
      "no number",
      EXIT.usage,
      ["time", "watch", "--seconds", "abc"],
      /'--seconds <n>' argument 'abc' is invalid/,
    ],
    [
      "no such pack",
      EXIT.usage,
      ["start", "--pack", "nowhere", "--data", `${folder}-start`, "--no-console", "--port", "0"],
      /^PACK_NOT_FOUND: [^\n]*\n$/,
    ],
    ["no such type", EXIT.usage, ["schema", "show", "weather.v1.WeatherChange"], /Perhaps/],
    ["no such bench", EXIT.usage, ["bench", "nothing"], /There are: /],
    ["no such shell", EXIT.usage, ["completion", "csh"], /bash, zsh, fish/],
    ["an id that is none", EXIT.usage, ["new", "service", "Tide"], /SERVICE_ID_INVALID.*kebab-case/],
    ["nobody answers", EXIT.notRun, ["time", "now", "--url", NOBODY], /CLI_NO_WORLD_RUNS.*npm start/],
    ["it is there already", EXIT.refused, ["new", "world", "hollowmere"], /CLI_EXISTS/],
  ] as const)("%s: %i", (_, code, args, words) => {
    const { status, stdout, stderr } = orrery(...args);
    expect(`${stdout}${stderr}`).toMatch(words);
    expect(status).toBe(code);
  });
});
