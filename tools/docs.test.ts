import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogues, errorsPage } from "./errors-doc.ts";
import { methodsPage } from "./methods-doc.ts";

const ROOT = resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe("the docs keep step with the code", () => {
  it("docs/errors.md lists every code, and no other", async () => {
    expect(read("docs/errors.md")).toBe(await errorsPage());
  });

  it("docs/methods.md says of every method who may call it", () => {
    expect(read("docs/methods.md")).toBe(methodsPage());
  });

  it("no code stands in two catalogues", async () => {
    const codes = [...(await catalogues()).values()].flat().map(({ code }) => code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });

  it("README's example is the program that is tested", () => {
    const shown = /<!-- example:[^\n]*-->\n```ts\n([\s\S]*?)```/.exec(read("README.md"))?.[1];
    expect(shown).toBe(read("packages/client/example.ts"));
  });

  it("README's figures were measured by claims that exist", () => {
    const shown = [...read("README.md").matchAll(/^\| `([a-z0-9.-]+)` \|/gm)].map((match) => match[1]);
    const claims = globSync("claims/made/*.ts", { cwd: ROOT }).map(read).join("\n");
    for (const id of shown) {
      const [prefix, name] = (id ?? "").split(".");
      expect(
        claims.includes(`"${id}"`) || (claims.includes(`\`${prefix}.`) && claims.includes(`"${name}"`)),
      ).toBe(true);
    }
  });

  it("every link between the pages leads somewhere", () => {
    for (const page of [
      "README.md",
      "ARCHITECTURE.md",
      "CONTRIBUTING.md",
      ...globSync("docs/*.md", { cwd: ROOT }),
    ]) {
      for (const [, target = ""] of read(page).matchAll(/\]\((?!http)([^)#]+)/g)) {
        expect(existsSync(join(ROOT, page, "..", target)), `${page} → ${target}`).toBe(true);
      }
    }
  });
});
