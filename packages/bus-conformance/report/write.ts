// Merges verdicts of runs into docs/conformance/report.json and docs/conformance.md:
//   node packages/bus-conformance/report/write.ts [--mutants] [verdict.json…]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Verdict } from "../verdict.ts";
import { answerMutants } from "./mutant-answers.ts";
import { merged, type Report, writtenPage } from "./report.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mutants: { type: "boolean", default: false } },
});
const docs = join(import.meta.dirname, "../../../docs");
const file = join(docs, "conformance/report.json");
mkdirSync(join(docs, "conformance"), { recursive: true });

const read = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;
const verdicts = positionals.map((path) => read<Verdict & { readonly run: string }>(path));
const before: Report = existsSync(file) ? read(file) : { runs: [], mutants: [] };
const report = merged(before, verdicts, values.mutants ? await answerMutants() : []);
writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);

const page = join(docs, "conformance.md");
const example = readFileSync(join(import.meta.dirname, "../example/own-transport.ts"), "utf8");
writeFileSync(page, writtenPage(readFileSync(page, "utf8"), report, example));
