import type { Claim, Outcome } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";

interface Verdict {
  readonly scale: number;
  readonly seed: number;
  readonly results: readonly {
    readonly id: string;
    readonly answer: "pass" | "fail" | "not-run";
    readonly why: string;
  }[];
}

/** A twentieth of the load by default, so that it ends in time; `--full` is the PR tier's whole. */
const SHORT = ["--scale", "0.05", "--parallel", "8"];

function judge({ results, scale, seed }: Verdict): Outcome {
  const of = (wanted: string) => results.filter(({ answer }) => answer === wanted);
  const left = of("not-run").map(({ id }) => id);
  const said = `${of("pass").length} cases hold, scale ${scale}, seed ${seed}; not claimed or no means: ${left.join(", ") || "none"}`;
  const [failed] = of("fail");
  if (failed !== undefined) return { status: "fail", figure: `${failed.id}: ${failed.why}; ${said}` };
  return { status: of("pass").length > 0 ? "pass" : "not-run", figure: said };
}

/** @param missing what the run says when its broker is not installed here */
function conformanceClaim(run: string, on: string, missing?: RegExp): Claim {
  return {
    id: `conformance.${run}`,
    sentence: `On ${on}, every invariant and fault of the conformance suite that applies holds: nothing lost, invented, changed or out of order`,
    measured: `packages/bus-conformance/main.ts ${run}: I1-I26 and F1-F14, judged by a ledger of both sides; what is not claimed is refused with a code`,
    threshold: "no case fails",
    async run(full) {
      const { code, stdout, stderr } = await runProgram([
        "packages/bus-conformance/main.ts",
        run,
        "--json",
        "-",
        ...(full ? [] : SHORT),
      ]);
      if (missing?.test(stderr)) return { status: "not-run", figure: missing.exec(stderr)?.[0] ?? "" };
      if (code !== 0 && code !== 1 && code !== 3)
        throw new Error(`conformance on ${run} ended with ${code}: ${lastWords(stderr)}`);
      return judge(JSON.parse(stdout) as Verdict);
    },
  };
}

const mutants: Claim = {
  id: "conformance.mutants",
  sentence: "A transport that lies is caught: each of the planted mutants, the page's fourteen among them",
  measured:
    "packages/bus-conformance/report/mutants.ts: each mutant against the invariants that must catch it",
  threshold: "none survives",
  async run() {
    const { code, stdout, stderr } = await runProgram(["packages/bus-conformance/report/mutants.ts"]);
    if (code !== 0 && code !== 1) throw new Error(`mutants ended with ${code}: ${lastWords(stderr)}`);
    const answers = JSON.parse(stdout) as { name: string; page: string; caughtBy: string }[];
    const survived = answers.filter(({ caughtBy }) => caughtBy === "");
    const onPage = answers.filter(({ page }) => page !== "").length;
    const figure = `${answers.length - survived.length} of ${answers.length} caught, ${onPage} of them the page's${survived.map(({ name }) => `; survived: ${name}`).join("")}`;
    return { status: survived.length === 0 && onPage === 14 ? "pass" : "fail", figure };
  },
};

export const claims: readonly Claim[] = [
  conformanceClaim("memory", "the memory transport"),
  conformanceClaim("memory-disorder", "the memory transport with seeded disorder and doubles"),
  conformanceClaim("embedded", "the embedded log"),
  conformanceClaim("nats", "NATS JetStream", /no nats-server[^\n]*/),
  conformanceClaim("aws", "SNS and SQS as ministack has them", /no ministack[^\n]*/),
  mutants,
];
