import { expect, test } from "vitest";
import { memoryBroker } from "../memory.ts";
import { runConformance } from "../run.ts";
import { MUTANTS, PAGE_MUTANTS } from "./mod.ts";

for (const { name, caughtBy, mutate } of MUTANTS) {
  test(`a transport that ${name} is caught by ${caughtBy.join(" or ")}`, async () => {
    const verdict = await runConformance(memoryBroker({ mutate }), {
      only: caughtBy,
      scale: 0.05,
      limitMs: 5_000,
    });
    expect(verdict.results).toHaveLength(caughtBy.length);
    expect(verdict.results.map((result) => result.answer)).toContain("fail");
  });
}

test("every mutant that the page names is here, once", () => {
  const named = MUTANTS.flatMap(({ page }) => (page === undefined ? [] : [page]));
  expect(named.toSorted()).toEqual(PAGE_MUTANTS.toSorted());
});
