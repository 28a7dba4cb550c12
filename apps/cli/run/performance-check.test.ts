import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EXIT } from "../exit.ts";
import { createProgram } from "../program.ts";
import { ROOT } from "../root.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-performance-check-"));
  for (const name of ["matrix.yaml", "budgets.yaml"])
    cpSync(join(ROOT, "services/performance-mode/data", name), join(folder, name));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** Exit code of `orrery performance check`, and what it printed. */
async function check(...args: readonly string[]) {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  process.exitCode = 0;
  await createProgram().parseAsync(["performance", "check", "--json", ...args], { from: "user" });
  const said = log.mock.calls.map(([line]) => String(line)).join("\n");
  log.mockRestore();
  return { code: process.exitCode, said };
}

function change(name: string, from: string, to: string): void {
  const file = join(folder, name);
  const text = readFileSync(file, "utf8");
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

it("passes what comes with the service, and fails a matrix with a cell removed and a budget off by .01 ms", async () => {
  expect((await check()).code).toBe(EXIT.pass);
  expect((await check("--folder", folder)).code).toBe(EXIT.pass);
  change("budgets.yaml", "game: { ms: 7,", "game: { ms: 7.01,");
  const sum = await check("--folder", folder);
  expect(sum.code).toBe(EXIT.fail);
  expect(sum.said).toMatch(/PERF_BUDGET_SUM.*immersive game.*0\.01 ms/);
  change("budgets.yaml", "game: { ms: 7.01,", "game: { ms: 7,");
  change("matrix.yaml", "npc_full_cap: [50, 65, 80, 100]", "npc_full_cap: [50, 65, 80]");
  const cell = await check("--folder", folder);
  expect(cell.code).toBe(EXIT.fail);
  expect(cell.said).toMatch(/PERF_MATRIX_INCOMPLETE.*immersive ultra npc_full_cap/);
});
