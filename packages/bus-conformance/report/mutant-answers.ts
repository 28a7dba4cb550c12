import { memoryBroker } from "../memory.ts";
import { MUTANTS } from "../mutants/mod.ts";
import { runConformance } from "../run.ts";

/** How one mutant fared. */
export interface MutantAnswer {
  readonly name: string;
  /** Its name in conformance.md; empty when it is one more. */
  readonly page: string;
  /** The invariant that caught it; empty: it survived. */
  readonly caughtBy: string;
  readonly why: string;
}

/** Every mutant against the invariants that must catch it. */
export async function answerMutants(): Promise<MutantAnswer[]> {
  const answers: MutantAnswer[] = [];
  for (const { name, page = "", caughtBy: only, mutate } of MUTANTS) {
    const { results } = await runConformance(memoryBroker({ mutate }), { only, scale: 0.05, limitMs: 5_000 });
    const caught = results.find(({ answer }) => answer === "fail");
    answers.push({ name, page, caughtBy: caught?.id ?? "", why: caught?.why ?? "" });
  }
  return answers;
}
