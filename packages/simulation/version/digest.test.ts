import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createVersions } from "./digest.ts";
import { isSameCode } from "./same.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "orrery-version-"));
  write("node_modules/luck/package.json", '{ "name": "luck", "version": "1.0.0", "main": "index.js" }');
  write("node_modules/luck/index.js", "module.exports = 4;");
  write("tides.ts", TIDES);
  write("pull.ts", PULL);
  write("runner.ts", "export const runs = 1;\n");
});
afterEach(() => rmSync(root, { recursive: true }));

const TIDES = `import luck from "luck";
import type { Moon } from "./moon.ts";
import { pull } from "./pull.ts";
export const tide = (moon: Moon) => pull(moon) + luck;
export const start = () => import("./runner.ts");
`;
const PULL = `export const pull = (moon: { readonly mass: number }) => moon.mass * 2;\n`;

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
const versionNow = (commit = "c0ffee", cache?: string) =>
  createVersions(commit, cache)(pathToFileURL(join(root, "tides.ts")).href);

describe("the version of code", () => {
  it("is a digest, and the commit's name for whoever reads it", async () => {
    expect(await versionNow()).toMatch(/^[0-9a-f]{12}@c0ffee$/);
    expect(isSameCode(await versionNow("one"), await versionNow("other"))).toBe(true);
  });

  it.each([
    [
      "a comment, a type or the layout of the module",
      "tides.ts",
      TIDES.replace("export const tide", "/** Of a day. */\nexport   const tide").replace(
        "(moon: Moon)",
        "(moon: Moon & object)",
      ),
    ],
    ["a comment in what it imports", "pull.ts", `// Newton's.\n${PULL}`],
    ["what it imports while it runs", "runner.ts", "export const runs = 2;\n"],
    ["what it knows the types of", "moon.ts", "export interface Moon { mass: number; phase: number }\n"],
  ])("stays the same with %s", async (_what, file, text) => {
    const before = await versionNow();
    write(file, text);
    expect(await versionNow()).toBe(before);
  });

  it.each([
    ["a number of the module", "tides.ts", TIDES.replace("+ luck", "+ 2 * luck")],
    ["a number of what it imports", "pull.ts", PULL.replace("2", "3")],
    [
      "the version of a package",
      "node_modules/luck/package.json",
      '{ "name": "luck", "version": "1.0.1", "main": "index.js" }',
    ],
    ["the text of a string that looks like a comment", "pull.ts", `${PULL}export const unit = "/* m */";\n`],
  ])("changes with %s", async (_what, file, text) => {
    const before = await versionNow();
    write(file, text);
    expect(await versionNow()).not.toBe(before);
  });

  it("is the same when what was found before is remembered, and sees what changed since", async () => {
    const cache = join(root, "cache", "digests.json");
    const before = await versionNow("c", cache);
    expect(await versionNow("c", cache)).toBe(before);
    write("pull.ts", PULL.replace("2", "3"));
    const after = await versionNow("c", cache);
    expect(after).not.toBe(before);
    expect(await versionNow("c")).toBe(after);
    // A file that something else wrote over is found again.
    writeFileSync(cache, readFileSync(cache, "utf8").slice(0, 40));
    expect(await versionNow("c", cache)).toBe(after);
  });

  it("is there though what was found cannot be written down", async () => {
    write("taken", "a file where a folder would have to be");
    expect(await versionNow("c", join(root, "taken", "digests.json"))).toBe(await versionNow("c"));
  });

  it("knows a package that can only be imported by its version", async () => {
    const manifest = (version: string) =>
      JSON.stringify({ name: "modern", version, type: "module", exports: { import: "./index.js" } });
    write("node_modules/modern/package.json", manifest("2.0.0"));
    write("node_modules/modern/index.js", "export default 4;");
    write("pull.ts", `import modern from "modern";\n${PULL}export { modern };\n`);
    const before = await versionNow();
    write("node_modules/modern/package.json", manifest("2.0.1"));
    expect(await versionNow()).not.toBe(before);
  });

  it("follows modules that import each other", async () => {
    write("pull.ts", `import { start } from "./tides.ts";\n${PULL}export { start };\n`);
    expect(await versionNow()).toMatch(/^[0-9a-f]{12}@/);
  });

  it("is the commit's for what is no file", async () => {
    expect(await createVersions("c0ffee")("[eval]")).toBe("c0ffee");
  });
});
