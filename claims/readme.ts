// Writes README's figures and docs/figures.md from claims/results.jsonl (the output of `npm run -s prove -- --json`):
//   node claims/readme.ts [newer.jsonl …]     results of these take the place of older ones of the same claim
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./program.ts";

interface Result {
  readonly id: string;
  readonly sentence: string;
  readonly threshold: string;
  readonly status: string;
  readonly figure: string;
  readonly machine: string;
}

const KEPT = join(ROOT, "claims/results.jsonl");
const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"));
const byClaim = new Map<string, string>();
for (const file of [KEPT, ...process.argv.slice(2)])
  for (const line of linesOf(file)) byClaim.set((JSON.parse(line) as Result).id, line);
const kept = [...byClaim].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
writeFileSync(KEPT, `${kept.join("\n")}\n`);
const results = kept.map((line) => JSON.parse(line) as Result);
/** What a stranger asks first; all the others stand in docs/figures.md. */
const FIRST = ["frames.size-zstd", "bus.kill9", "chaos.processes", "world.replay-day", "router.doors"];

function tableOf(chosen: readonly Result[]): string {
  const rows = chosen.map(
    ({ id, sentence, threshold, status, figure }) =>
      `| \`${id}\` | ${sentence} | ${figure} | ${threshold} | ${status} |`,
  );
  return ["| Claim | | Measured | Asked | |", "|---|---|---|---|---|", ...rows].join("\n");
}

const machine = `On ${results[0]?.machine ?? "no machine yet"}:`;
const short = results.filter(({ id }) => FIRST.includes(id));
const passed = results.filter(({ status }) => status === "pass").length;
const failed = results.filter(({ status }) => status === "fail").map(({ id }) => `\`${id}\``);
const rest = `${passed} of ${results.length} claims passed when they were last measured there; ${failed.length === 0 ? "none" : failed.join(", ")} fell short. Figures, thresholds and all the others: [docs/figures.md](docs/figures.md).`;

const readme = join(ROOT, "README.md");
const figures = /(<!-- figures:[^\n]*-->\n)[\s\S]*?(<!-- \/figures -->)/;
writeFileSync(
  readme,
  readFileSync(readme, "utf8").replace(
    figures,
    (_all, open: string, close: string) => `${open}${machine}\n\n${tableOf(short)}\n\n${rest}\n${close}`,
  ),
);
writeFileSync(
  join(ROOT, "docs/figures.md"),
  `# What was measured

Written by \`node claims/readme.ts\` from what \`npm run -s prove\` said last. ${machine}

${tableOf(results)}
`,
);
