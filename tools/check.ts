// All static checks: types, lint and boundaries, contracts, unused code, formatting. Exit 1 when one fails.
//   node tools/check.ts [name …]     only those of these names, as it prints them
import { spawn, spawnSync } from "node:child_process";

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

/** So many at once: most of them use one core. */
const WIDE = 2;

function run([name, command, args]: (typeof checks)[number]): Promise<boolean> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      console.log(`${code === 0 ? "pass" : "FAIL"}  ${name}`);
      if (code !== 0) console.log(said.trim().split("\n").slice(0, 60).join("\n"));
      resolve(code === 0);
    });
  });
}

const left = checks.filter(([name]) => asked.length === 0 || asked.includes(name));
let failed = 0;
await Promise.all(
  Array.from({ length: WIDE }, async () => {
    for (let check = left.shift(); check !== undefined; check = left.shift())
      if (!(await run(check))) failed += 1;
  }),
);
if (release === "" && asked.length === 0)
  console.log(
    "note  contracts: breaking has nothing to compare with before the first release tag; tools/planted.test.ts shows that it bites",
  );
process.exitCode = failed === 0 ? 0 : 1;
