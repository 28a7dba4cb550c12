// Generates code from the contracts: schema/gen, the wire package's torture schema, and the people of bench/large-world.
//   node tools/generate.ts            generate what is stale
//   node tools/generate.ts --force    generate all
//   node tools/generate.ts --check    only say whether it is stale: exit 1 if so
// The new code is made aside and put in place whole: contracts that do not compile leave the old code as it was.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
/** Within the tree: below node_modules, Node runs no TypeScript. */
const aside = join(root, "schema", `.generating-${process.pid}`);

interface Target {
  readonly out: string;
  readonly sources: string;
  /** Arguments of `buf generate` that pick the contracts; its output goes to schema/gen below the folder aside. */
  readonly input: readonly string[];
}

const targets: readonly Target[] = [
  { out: "schema/gen", sources: "schema/{options,orrery}/**/*.proto", input: [] },
  {
    out: "packages/wire/test-schema/gen",
    sources: "{packages/wire/test-schema,schema/options}/**/*.proto",
    input: ["--config", "packages/wire/test-schema/buf.yaml"],
  },
  {
    out: "bench/large-world/gen",
    sources: "{bench/large-world/contract,schema/options}/**/*.proto",
    input: ["--config", "bench/large-world/buf.yaml"],
  },
];

const LOAD = "const { codecs } = await import(process.argv[1]); if (codecs.size === 0) process.exit(1);";

function digestOf(target: Target): string {
  const hash = createHash("sha256");
  const plugin = "packages/protoc-gen-wire/*.ts";
  for (const file of globSync([target.sources, plugin, "buf.yaml", "buf.gen.yaml"], { cwd: root }).sort()) {
    if (file.endsWith(".test.ts")) continue;
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

function isFresh(target: Target): boolean {
  const mark = join(root, target.out, ".digest");
  return existsSync(mark) && readFileSync(mark, "utf8") === digestOf(target);
}

function generate(target: Target): boolean {
  const digest = digestOf(target);
  const base = join(aside, target.out.replaceAll("/", "-"));
  mkdirSync(base, { recursive: true });
  const buf = spawnSync(join(root, "node_modules/.bin/buf"), ["generate", ...target.input, "-o", base], {
    cwd: root,
    encoding: "utf8",
  });
  const made = join(base, "schema/gen");
  if (buf.status !== 0 || !existsSync(made)) {
    process.stderr.write(`${buf.error?.message ?? ""}${buf.stdout}${buf.stderr}`);
    process.stderr.write(`generate: ${target.out} was left as it was: correct the contracts named above\n`);
    return false;
  }
  // Code that does not load would take the place of code that works, and of all programs with it.
  const load = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", LOAD, join(made, "registry.ts")],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  if (load.status !== 0) {
    process.stderr.write(load.stderr);
    process.stderr.write(`generate: ${target.out} was left as it was: the new code does not load\n`);
    return false;
  }
  writeFileSync(join(made, ".digest"), digest);
  const out = join(root, target.out);
  mkdirSync(dirname(out), { recursive: true });
  if (existsSync(out)) renameSync(out, join(base, "old"));
  renameSync(made, out);
  return true;
}

const stale = process.argv.includes("--force") ? targets : targets.filter((target) => !isFresh(target));
if (process.argv.includes("--check")) {
  for (const target of stale)
    process.stderr.write(`generate: ${target.out} is stale; run npm run generate\n`);
  process.exit(stale.length > 0 ? 1 : 0);
}
try {
  const done = stale.map(generate);
  process.exitCode = done.includes(false) ? 1 : 0;
} finally {
  rmSync(aside, { recursive: true, force: true });
}
