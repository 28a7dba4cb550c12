import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { importsIn } from "./imports.ts";
import { impureIn, worldFiles } from "./purity.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const AGGREGATE =
  'import { step } from "./deep/step.ts";\nexport const tides = defineAggregate({}, () => step);\n';

let root = "";
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What is found in a service whose aggregate reaches this file. */
function found(step: string, more: Readonly<Record<string, string>> = {}): readonly string[] {
  root = mkdtempSync(join(tmpdir(), "orrery-purity-"));
  const files = { "services/tides/tides.ts": AGGREGATE, "services/tides/deep/step.ts": step, ...more };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const imports = importsIn(root);
  return worldFiles(root, imports).flatMap((file) => impureIn(root, file));
}

describe("world logic", () => {
  it("of this repository is a function of its input", () => {
    const files = worldFiles(ROOT, importsIn(ROOT));
    expect(files.length).toBeGreaterThan(30);
    expect(files.flatMap((file) => impureIn(ROOT, file))).toEqual([]);
  });

  it("of the platform is looked at as well", () => {
    const platform = AGGREGATE.replace("defineAggregate", "definePlatformAggregate");
    const wrong = found("export const step = () => Date.now();", { "services/tides/tides.ts": platform });
    expect(wrong).toHaveLength(1);
  });

  it.each([
    "export const step = () => Date.now();",
    "export const step = () => new Date();",
    "export const step = () => new Date().getTime();",
    "const D = Date;\nexport const step = () => D.now();",
    'export const step = () => globalThis["Date"].now();',
    "export const step = () => performance.now();",
    "export const step = () => Math.random();",
    'export const step = () => Math["random"]();',
    'export const step = (f) => Math[f + "dom"]();',
    "const { random } = Math;\nexport const step = () => random();",
    "const { random: luck } = Math;\nexport const step = () => luck();",
    "export const step = () => crypto.randomUUID();",
    "export const step = (a) => crypto.getRandomValues(a);",
    'import { randomUUID } from "node:crypto";\nexport const step = () => randomUUID();',
    'import { hrtime } from "process";\nexport const step = () => hrtime();',
    "export const step = () => process.hrtime();",
    "export const step = () => process.env.LUCK;",
    'export const step = () => new Intl.DateTimeFormat("en");',
    "export const step = (a, b) => a.localeCompare(b);",
    "export const step = (f) => queueMicrotask(f);",
    "export const step = (f) => setTimeout(f, 1);",
    "export const step = (f) => setImmediate(f);",
    "let count = 0;\nexport const step = () => ++count;",
    "var count = 0;\nexport const step = () => ++count;",
    "export const step = async () => 1;",
    "export async function step() {}",
    "export const step = { async handle() {} };",
    'import { readFileSync } from "node:fs";\nexport const step = () => readFileSync("x");',
    "export const step = () => import.meta.url;",
    'export const step = () => new Function("return 1")();',
  ])("is found out: %s", (step) => {
    expect(found(step)).not.toEqual([]);
  });

  it.each([
    "export const step = (at) => at.Date;",
    "export const step = { process: 1, Date: 2 };",
    "export interface Step { performance: number; crypto(): void }\nexport const step = 1;",
    "export const step = (x) => Math.round(x) + Math['floor'](x);",
    "const TABLE = [1, 2];\nexport const step = (at) => { let sum = 0; sum += TABLE[at]; return sum; };",
    "// Date.now() and Math.random() are for others\nexport const step = 'Date.now()';",
  ])("raises no false alarm: %s", (step) => {
    expect(found(step)).toEqual([]);
  });

  it("is known by what an aggregate reaches: what stands beside it may ask for the time", () => {
    const beside = { "services/tides/driver.ts": "export const now = () => Date.now();" };
    expect(found("export const step = 1;", beside)).toEqual([]);
    const through = { "services/tides/luck.ts": "export const luck = () => Math.random();" };
    expect(found('export { luck as step } from "../luck.ts";', through)).toHaveLength(1);
  });
});
