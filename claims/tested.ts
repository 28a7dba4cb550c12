import { join } from "node:path";
import type { Claim, Outcome } from "./claim.ts";
import { lastWords, ROOT, runProgram } from "./program.ts";

const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");

export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly fullName: string;
      readonly status: "passed" | "failed" | "skipped" | "pending" | "todo";
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

interface Shown {
  readonly id: string;
  readonly sentence: string;
  /** Test files, from the root. */
  readonly files: readonly string[];
  /** Titles of tests or of what stands above them; none: all of the files. Each must be there. */
  readonly titles?: readonly string[];
  /** `vitest.<suite>.config.ts`; default the suite that needs nothing installed. */
  readonly suite?: "nats" | "aws" | "postgres" | "scaffold" | "browser";
  /** What the run says when its server is not installed here. */
  readonly missing?: RegExp;
}

/**
 * A claim whose measure are tests of this repository, run for it. A test that is gone, skipped or renamed is no pass:
 * every title must have a test that ran and held.
 */
export function tested({ id, sentence, files, titles = [], suite, missing }: Shown): Claim {
  const which = titles.length > 0 ? ` (${titles.map((title) => `“${title}”`).join(", ")})` : "";
  return {
    id,
    sentence,
    measured: `${files.join(", ")}${which}`,
    threshold: "every test runs and holds",
    async run() {
      const report = await runTests({ files, titles, suite });
      return typeof report === "string"
        ? { status: "fail", figure: report }
        : judge(report, { files, titles, missing });
    },
  };
}

/** What vitest reports of these files; a sentence where it reported nothing. */
export async function runTests({
  files,
  titles = [],
  suite,
}: Pick<Shown, "files" | "titles"> & { readonly suite: Shown["suite"] | undefined }): Promise<
  Report | string
> {
  const { stdout, stderr } = await runProgram([
    VITEST,
    "run",
    "--reporter=json",
    ...(suite === undefined ? [] : ["--config", `vitest.${suite}.config.ts`]),
    ...(titles.length === 0 ? [] : ["-t", titles.map(quoted).join("|")]),
    ...files,
  ]);
  const at = stdout.indexOf("{");
  return at < 0 ? `no report: ${lastWords(stderr)}` : (JSON.parse(stdout.slice(at)) as Report);
}

function judge(
  { testResults }: Report,
  { files, titles, missing }: Required<Pick<Shown, "files" | "titles">> & { missing: RegExp | undefined },
): Outcome {
  const broken = testResults.find(({ message }) => message !== "");
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.find(({ status }) => status === "failed");
  const why = failed?.failureMessages[0]?.split("\n")[0] ?? broken?.message;
  const absent = missing?.exec(why ?? "")?.[0];
  if (absent !== undefined) return { status: "not-run", figure: absent };
  if (why !== undefined) return { status: "fail", figure: `${failed?.fullName ?? broken?.name}: ${why}` };
  const passed = tests.filter(({ status }) => status === "passed");
  const lost = titles.find((title) => !passed.some(({ fullName }) => fullName.includes(title)));
  if (lost !== undefined) return { status: "fail", figure: `no test called “${lost}” ran` };
  const skipped = titles.length === 0 ? tests.find(({ status }) => status !== "passed") : undefined;
  if (skipped !== undefined) return { status: "not-run", figure: `skipped: ${skipped.fullName}` };
  const ran = testResults.filter(({ assertionResults }) =>
    assertionResults.some(({ status }) => status === "passed"),
  );
  if (ran.length < files.length)
    return { status: "fail", figure: `${ran.length} of ${files.length} files ran` };
  return { status: "pass", figure: `${passed.length} ${passed.length === 1 ? "test holds" : "tests hold"}` };
}

const quoted = (title: string) => title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
