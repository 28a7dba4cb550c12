// Writes README's figures from claims/results.jsonl (the output of `npm run -s prove -- --json`).
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

const results = readFileSync(join(ROOT, "claims/results.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Result);
const rows = results.map(
  ({ id, sentence, threshold, status, figure }) =>
    `| \`${id}\` | ${sentence} | ${figure} | ${threshold} | ${status} |`,
);
const table = [
  `On ${results[0]?.machine ?? "no machine yet"}:`,
  "",
  "| Claim | | Measured | Asked | |",
  "|---|---|---|---|---|",
  ...rows,
].join("\n");
const file = join(ROOT, "README.md");
const text = readFileSync(file, "utf8");
writeFileSync(
  file,
  text.replace(
    /(<!-- figures:[^\n]*-->\n)[\s\S]*?(<!-- \/figures -->)/,
    (_all, open: string, close: string) => `${open}${table}\n${close}`,
  ),
);
