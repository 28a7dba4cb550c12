// All static checks: types, lint and boundaries, contracts, unused code, formatting. Exit 1 when one fails.
//   node tools/check.ts [name …]     only those of these names, as it prints them
import { spawnSync } from "node:child_process";

const node = process.execPath;
const bin = (name: string) => `node_modules/.bin/${name}`;
/** The newest release is what contracts must stay compatible with. */
const release = spawnSync("git", ["describe", "--tags", "--abbrev=0", "--match", "v*"], {
  encoding: "utf8",
}).stdout.trim();

const checks: readonly (readonly [string, string, readonly string[]])[] = [
  ["types", bin("tsc"), ["-p", "tsconfig.json"]],
  ["types of the console", bin("tsc"), ["-p", "apps/console/tsconfig.json"]],
  ["lint", bin("oxlint"), []],
  ["walls between rooms", node, ["tools/walls/check.ts"]],
  ["contracts: lint", bin("buf"), ["lint"]],
  ...(release === ""
    ? []
    : ([["contracts: breaking", bin("buf"), ["breaking", "--against", `.git#tag=${release}`]]] as const)),
  ["generated code is fresh", node, ["tools/generate.ts", "--check"]],
  ["unused code", bin("knip"), []],
  ["formatting", bin("biome"), ["format", "."]],
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !checks.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(", ")}; there are ${checks.map(([name]) => name).join(", ")}`);
  process.exit(2);
}

let failed = 0;
for (const [name, command, args] of checks) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  console.log(`${status === 0 ? "pass" : "FAIL"}  ${name}`);
  if (status === 0) continue;
  failed += 1;
  console.log(`${stdout}${stderr}`.trim().split("\n").slice(0, 60).join("\n"));
}
if (release === "" && asked.length === 0)
  console.log(
    "note  contracts: breaking has nothing to compare with before the first release tag; tools/planted.test.ts shows that it bites",
  );
process.exitCode = failed === 0 ? 0 : 1;
