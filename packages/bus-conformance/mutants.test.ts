import { expect, test } from "vitest";
import { memoryBroker } from "./memory.ts";
import { MUTANTS } from "./mutants.ts";
import { runConformance } from "./run.ts";

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
