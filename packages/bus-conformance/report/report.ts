import type { Result, Verdict } from "../verdict.ts";
import type { MutantAnswer } from "./mutant-answers.ts";

/** A verdict without its time axes. */
export interface Run extends Omit<Verdict, "results"> {
  /** `nats-synced`: the transport and how it was set up. */
  readonly run: string;
  readonly results: readonly Omit<Result, "timeline">[];
}

/** What docs/conformance/report.json holds. */
export interface Report {
  readonly runs: readonly Run[];
  readonly mutants: readonly MutantAnswer[];
}

/** A report with newer runs in place of older ones of their name. */
export function merged(report: Report, runs: readonly Run[], mutants: readonly MutantAnswer[]): Report {
  const byName = new Map([...report.runs, ...runs].map((run) => [run.run, run]));
  return {
    runs: [...byName.values()].map(({ results, ...run }) => ({ ...run, results: results.map(bare) })),
    mutants: mutants.length > 0 ? mutants : report.mutants,
  };
}

const bare = ({ timeline: _, ...result }: Result | (Omit<Result, "timeline"> & { timeline?: undefined })) =>
  result;

const MARKS = { pass: "pass", fail: "**fail**", "not-run": "–" } as const;

/** Cases down, runs across. What did not run is explained below the table. */
export function caseTable({ runs }: Report): string {
  const cases = new Map(runs.flatMap(({ results }) => results.map(({ id, title }) => [id, title] as const)));
  const lines = [
    `| | What must hold | ${runs.map(({ run }) => run).join(" | ")} |`,
    `|---|---|${runs.map(() => "---|").join("")}`,
  ];
  const reasons = new Map<string, string[]>();
  for (const [id, title] of cases) {
    const cells = runs.map(({ run, results }) => {
      const result = results.find((one) => one.id === id);
      if (result === undefined) return "";
      if (result.answer === "not-run") {
        const reason = `${id}: ${result.why}`;
        reasons.set(reason, [...(reasons.get(reason) ?? []), run]);
      }
      return MARKS[result.answer];
    });
    lines.push(`| ${id} | ${title} | ${cells.join(" | ")} |`);
  }
  const notRun = [...reasons].map(([reason, names]) => `- ${reason} (${names.join(", ")})`);
  return [...lines, "", "Not run, and why:", "", ...notRun].join("\n");
}

/** Features down, runs across. */
export function featureTable({ runs }: Report): string {
  const names = Object.keys(runs[0]?.features ?? {}).filter((name) => name !== "name");
  return [
    `| Feature | ${runs.map(({ run }) => run).join(" | ")} |`,
    `|---|${runs.map(() => "---|").join("")}`,
    ...names.map(
      (name) => `| ${name} | ${runs.map(({ features }) => featureOf(features, name)).join(" | ")} |`,
    ),
  ].join("\n");
}

const featureOf = (features: Verdict["features"], name: string): string => {
  const value: unknown = Reflect.get(features, name);
  return typeof value === "number" ? value.toLocaleString("en") : value === undefined ? "" : String(value);
};

/** Mutants and who caught them. */
export function mutantTable({ mutants }: Report): string {
  return [
    "| A transport that … | On the page | Caught by |",
    "|---|---|---|",
    ...mutants.map(({ name, page, caughtBy }) => `| ${name} | ${page} | ${caughtBy || "**nobody**"} |`),
  ].join("\n");
}

/** Puts `content` between `<!-- name -->` and `<!-- /name -->`. */
export function between(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(open);
  const to = text.indexOf(close);
  if (from < 0 || to < from) throw new Error(`no ${open} … ${close} to write between`);
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`;
}

/** The page with its tables and its example as they are now. */
export function writtenPage(page: string, report: Report, example: string): string {
  const tables = { cases: caseTable(report), features: featureTable(report), mutants: mutantTable(report) };
  let written = between(page, "example", `\`\`\`ts\n${example.trimEnd()}\n\`\`\``);
  for (const [name, table] of Object.entries(tables)) written = between(written, name, table);
  return written;
}
