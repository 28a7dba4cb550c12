import type { ExplainResponse } from "@orrery/schema/npc/v1";
import { capital } from "../data/words.ts";

type Goal = ExplainResponse["goals"][number];

/** What somebody has set themselves, and the steps that they mean to take. */
export function GoalsView({ goals }: { readonly goals: readonly Goal[] }) {
  if (goals.length === 0) return null;
  return (
    <>
      <h3>What they have in mind</h3>
      <ol className="weighed" aria-label="What they have in mind">
        {goals.map(({ text, steps, obstacle, sinceGs }) => (
          <li key={`${sinceGs} ${text}`}>
            <b>{capital(text)}</b>
            <span className="soft">
              {steps.length > 0 ? capital(steps.join("; then ")) : `But ${obstacle}`}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
