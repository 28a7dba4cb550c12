// Each mutant against the invariants that must catch it, as JSON; exit 1 when one survives.
import { answerMutants } from "./mutant-answers.ts";

const answers = await answerMutants();
console.log(JSON.stringify(answers, null, 1));
process.exit(answers.every(({ caughtBy }) => caughtBy !== "") ? 0 : 1);
