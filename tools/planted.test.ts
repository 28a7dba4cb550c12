import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const bin = (name: string) => join(ROOT, "node_modules/.bin", name);
const folders: string[] = [];

/** A folder with these files, and the repository's own settings for the tool. */
function planted(files: Readonly<Record<string, string>>, ...settings: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "orrery-planted-"));
  folders.push(folder);
  for (const file of settings) copyFileSync(join(ROOT, file), join(folder, file));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function lint(path: string, text: string) {
  const folder = planted({ [path]: text }, ".oxlintrc.json");
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, "node_modules/oxlint/bin/oxlint")], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout };
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("a planted violation is caught", () => {
  it.each([
    ["world code reads the wall clock", "services/tides/moon.ts", "export const now = () => Date.now();\n"],
    [
      "world code draws from the global source",
      "services/tides/moon.ts",
      "export const luck = () => Math.random();\n",
    ],
    [
      "world code sets a timer",
      "packages/simulation/wait.ts",
      "export const wait = () => setTimeout(() => {}, 1);\n",
    ],
    ["a default export outside a service's definition", "services/tides/moon.ts", "export default 1;\n"],
  ])("%s", (_name, path, text) => {
    expect(lint(path, text)).toMatchObject({ status: 1 });
  });

  it("and what is allowed passes", () => {
    expect(
      lint(
        "services/tides/moon.ts",
        'import { defineService } from "@orrery/service";\nexport const y = defineService;\n',
      ),
    ).toMatchObject({ status: 0 });
  });

  it("a contract that breaks the rules of buf", () => {
    const folder = planted({
      "buf.yaml": "version: v2\nlint:\n  use: [STANDARD]\n",
      "tides/v1/a.proto":
        'syntax = "proto3";\npackage tides.v1;\nmessage bad_name { string BadField = 1; }\n',
    });
    expect(spawnSync(bin("buf"), ["lint"], { cwd: folder }).status).not.toBe(0);
  });

  it("a contract that breaks what was released", () => {
    const settings = { "buf.yaml": "version: v2\nbreaking:\n  use: [WIRE_JSON]\n" };
    const before = planted({
      ...settings,
      "tides/v1/a.proto": 'syntax = "proto3";\npackage tides.v1;\nmessage Tide { double level_m = 1; }\n',
    });
    const after = planted({
      ...settings,
      "tides/v1/a.proto": 'syntax = "proto3";\npackage tides.v1;\nmessage Tide { string level_m = 1; }\n',
    });
    expect(spawnSync(bin("buf"), ["breaking", "--against", before], { cwd: after }).status).not.toBe(0);
    expect(spawnSync(bin("buf"), ["breaking", "--against", before], { cwd: before }).status).toBe(0);
  });

  it("an export that nobody uses", () => {
    const folder = planted({
      "package.json": '{"name":"planted","type":"module","main":"main.ts"}',
      "main.ts": 'import { used } from "./part.ts";\nconsole.log(used);\n',
      "part.ts": "export const used = 1;\nexport const unused = 2;\n",
    });
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, "node_modules/knip/bin/knip.js")], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stdout).toContain("unused");
    expect(status).not.toBe(0);
  });
});
