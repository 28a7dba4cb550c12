import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../root.ts";
import { stepsOf } from "./page.testing.ts";

it("docs/first-service.md says how many lines it takes, and puts each somewhere", () => {
  const page = "docs/first-service.md";
  const lines = stepsOf(page).flatMap((step) => (step.do === "write" ? step.text.trimEnd().split("\n") : []));
  expect(readFileSync(join(ROOT, page), "utf8")).toContain(`All of it is ${lines.length} lines`);
});
