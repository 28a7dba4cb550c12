import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FAULTS } from "../faults/mod.ts";
import { INVARIANTS } from "../invariants/mod.ts";
import { memoryBroker } from "../memory.ts";
import { MUTANTS } from "../mutants/mod.ts";
import { runConformance } from "../run.ts";
import { verdictPage } from "./html.ts";
import { merged, type Report, writtenPage } from "./report.ts";

const docs = join(import.meta.dirname, "../../../docs");
const read = (path: string) => readFileSync(join(docs, path), "utf8");
const report = JSON.parse(read("conformance/report.json")) as Report;

test("the page says what the report says", () => {
  const example = readFileSync(join(import.meta.dirname, "../example/own-transport.ts"), "utf8");
  expect(writtenPage(read("conformance.md"), report, example)).toBe(read("conformance.md"));
});

test("the report has every case of every run, and every mutant", () => {
  const cases = [...INVARIANTS, ...FAULTS].map(({ id }) => id);
  expect(report.runs).not.toEqual([]);
  for (const { results } of report.runs) expect(results.map(({ id }) => id)).toEqual(cases);
  expect(report.mutants.map(({ name }) => name)).toEqual(MUTANTS.map(({ name }) => name));
  expect(report.mutants.filter(({ caughtBy }) => caughtBy === "")).toEqual([]);
});

test("a newer run takes the place of the older one of its name", async () => {
  const verdict = { ...(await runConformance(memoryBroker(), { only: ["I22"] })), run: "memory" };
  const once = merged({ runs: [], mutants: [] }, [{ ...verdict, seed: 1 }], []);
  const twice = merged(once, [{ ...verdict, seed: 2 }], []);
  expect(twice.runs).toHaveLength(1);
  expect(twice.runs[0]).toMatchObject({ run: "memory", seed: 2 });
  expect(JSON.stringify(twice)).not.toContain("timeline");
});

test("a verdict's page is one file that shows faults, writers and subscriptions on a time axis", async () => {
  const page = verdictPage(await runConformance(memoryBroker(), { only: ["F1"], scale: 0.02 }));
  expect(page).toContain("a member killed in a handler");
  expect(page).toContain(">writer 1<");
  expect(page).toContain(">conformance/shared<");
  expect(page).not.toMatch(/src=|href=|url\(|@import/);
});
