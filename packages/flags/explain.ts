import { type ExplainStepInit, Reason } from "@orrery/schema/settings/v1";
import { bucketInput, bucketOf } from "./bucket.ts";
import type { Context } from "./context.ts";
import { evaluate, type Outcome } from "./evaluate.ts";
import type { FlagSet } from "./flag-set.ts";
import { inWords } from "./words.ts";

export interface Explained {
  readonly outcome: Outcome;
  readonly steps: readonly ExplainStepInit[];
  /** Undefined: the context names nobody, or the flag is unknown. */
  readonly bucket: number | undefined;
  readonly bucketInput: string;
}

/** The same as `evaluate`, with the way to it. */
export function explain(set: FlagSet, key: string, context: Context): Explained {
  const steps: ExplainStepInit[] = [];
  const outcome = evaluate(set, key, context, undefined, {
    prerequisite(flag, wanted, held, came) {
      const said = `${flag} must be ${wanted}, is ${came ?? "on the way to itself"}`;
      steps.push({ what: "prerequisite", said, held, depth: 0 });
    },
    node(node, held, depth) {
      steps.push({ what: node.predicate.case ?? "nothing", said: inWords(node), held, depth: depth + 1 });
    },
    rule(rule, held) {
      steps.push({ what: "rule", said: `${rule.id}: ${inWords(rule.when)}`, held, depth: 0 });
    },
    bucket(bucket, { shares }) {
      const said = shares
        .map(
          ({ variant, ranges }) =>
            `${variant} ${ranges.map(({ from, to }) => `${from}..${to - 1}`).join(" ")}`,
        )
        .join(", ");
      steps.push({ what: "split", said: `bucket ${bucket} of ${said}`, held: true, depth: 1 });
    },
  });
  const flag = set.flags.get(key);
  if (outcome.reason === Reason.DISABLED)
    steps.push({ what: "flag", said: flag?.archived ? "archived" : "off", held: false, depth: 0 });
  const named = flag !== undefined && context.targetingKey !== "";
  return {
    outcome,
    steps,
    bucket: named ? bucketOf(flag.salt, flag.key, context.targetingKey) : undefined,
    bucketInput: named ? bucketInput(flag.salt, flag.key, context.targetingKey) : "",
  };
}
