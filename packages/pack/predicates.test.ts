import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PREDICATES } from "./shape/society.ts";

it("the page on packs names all that people may say", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/packs.md"), "utf8");
  expect(PREDICATES.length).toBeGreaterThan(10);
  for (const name of PREDICATES) expect(page).toContain(`\`${name}\``);
});
