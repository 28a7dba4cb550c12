import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

const MAIN = join(import.meta.dirname, "main.ts");
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "orrery-compiled-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const help = (cache: string) =>
  spawnSync(process.execPath, [MAIN, "help"], {
    encoding: "utf8",
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
const kept = () =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());

/** Says at its end where Node keeps what it compiles. */
const TELLS =
  'import { getCompileCacheDir } from "node:module"; process.on("exit", () => console.error(getCompileCacheDir()));';

it("modules are compiled once, and kept beside the packages unless another folder is named", () => {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const told = [`--import=data:text/javascript,${encodeURIComponent(TELLS)}`, MAIN, "help"];
  const { stderr } = spawnSync(process.execPath, told, { encoding: "utf8", env });
  expect(stderr).toMatch(/node_modules\/\.cache\/orrery-compiled/);
});

it("what is kept of compiled modules is used, and no trouble with it is the command's", () => {
  expect(help(folder)).toMatchObject({ status: 0, stderr: "" });
  const files = kept();
  expect(files.length).toBeGreaterThan(100);
  for (const file of files) writeFileSync(file, "damaged");
  const { status, stdout, stderr } = help(folder);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/Usage: orrery/);
  const used = join(folder, "a-file");
  writeFileSync(used, "");
  expect(help(used)).toMatchObject({ status: 0, stderr: "" });
});
