import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const EXAMPLE = fileURLToPath(import.meta.resolve("./own-transport.ts"));

test("a transport from elsewhere is held to the suite in twenty lines", async () => {
  const source = readFileSync(EXAMPLE, "utf8");
  expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
  const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE]);
  expect(stdout).toMatch(/^I1 pass /m);
  expect(stdout).toMatch(/^F6 pass /m);
  // What the broker has no means for says so.
  expect(stdout).toMatch(/^F4 not-run .* no way to restart it/m);
  expect(stdout).not.toMatch(/ fail /);
}, 60_000);
