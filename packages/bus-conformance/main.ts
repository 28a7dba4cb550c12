// Runs the suite: node packages/bus-conformance/main.ts <transport> [--tier pr|nightly|soak] [--scale 0.05] [--seed 1] [--parallel 4] [--only I1,F5] [--json FILE|-] [--html FILE]
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { BROKERS } from "./brokers.ts";
import { verdictPage } from "./report/html.ts";
import { isTier, TIERS } from "./report/tiers.ts";
import { runConformance } from "./run.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tier: { type: "string", default: "pr" },
    scale: { type: "string" },
    seed: { type: "string", default: "1" },
    parallel: { type: "string", default: "4" },
    only: { type: "string" },
    json: { type: "string" },
    html: { type: "string" },
  },
});
const usage = (what: string): never => {
  console.error(what);
  process.exit(2);
};
const name = positionals[0] ?? "memory";
const make = BROKERS[name]?.() ?? usage(`No transport "${name}": choose ${Object.keys(BROKERS).join(", ")}`);
const tier = isTier(values.tier)
  ? TIERS[values.tier]
  : usage(`No tier "${values.tier}": pr, nightly or soak`);

let worst = 0;
for (let round = 0; round < tier.rounds; round++) {
  const seed = Number(values.seed) + round;
  const verdict = await runConformance(make, {
    scale: Number(values.scale ?? tier.scale),
    seed,
    limitMs: tier.limitMs,
    parallel: Number(values.parallel),
    ...(values.only === undefined ? {} : { only: values.only.split(",") }),
  });
  for (const { id, answer, title, why, figures, tookMs } of verdict.results) {
    const tail = answer === "pass" ? JSON.stringify(figures) : why;
    console.error(`${id.padEnd(4)} ${answer.padEnd(7)} ${String(tookMs).padStart(6)} ms  ${title}  ${tail}`);
  }
  console.error(`${name}: ${verdict.answer} (seed ${verdict.seed}, scale ${verdict.scale})`);
  const numbered = (file: string) => (tier.rounds === 1 ? file : file.replace(/(\.\w+)?$/, `-${seed}$1`));
  const json = JSON.stringify({ ...verdict, run: name }, null, 1);
  // To the end, before the process ends: a pipe takes it in pieces.
  if (values.json === "-") await new Promise((written) => process.stdout.write(`${json}\n`, written));
  else if (values.json !== undefined) writeFileSync(numbered(values.json), `${json}\n`);
  if (values.html !== undefined) writeFileSync(numbered(values.html), verdictPage(verdict));
  if (verdict.answer === "fail") worst = 1;
  else if (verdict.answer === "not-run" && worst === 0) worst = 3;
}
process.exit(worst);
