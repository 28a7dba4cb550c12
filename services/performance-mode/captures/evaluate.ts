import type { BudgetTree, NodeVerdictInit, Window } from "@orrery/schema/performance/v1";
import { laneWord, scaled } from "../budgets/tree.ts";
import { isIdle } from "../windows/check.ts";

const TOLERANCE_MS = 0.001;

/** What a capture came to against a budget tree. */
export interface Verdict {
  readonly pass: boolean;
  readonly nodes: readonly NodeVerdictInit[];
}

/**
 * Holds a capture against a tree, node by node: of each the frame-weighted mean of p95. A lane over its budget fails; a
 * child over its own does where the tree is strict. Undefined: no window counts.
 */
export function evaluateCapture(
  tree: BudgetTree,
  windows: readonly Window[],
  targetFps: number,
): Verdict | undefined {
  const counting = windows.filter((window) => !isIdle(window) && window.frames > 0);
  if (counting.length === 0) return undefined;
  const frames = counting.reduce((sum, window) => sum + window.frames, 0);
  const meanOf = (of: (window: Window) => number | undefined): number | undefined => {
    const said = counting.map((window) => [of(window), window.frames] as const);
    if (said.every(([ms]) => ms === undefined)) return undefined;
    return said.reduce((sum, [ms = 0, own]) => sum + ms * own, 0) / frames;
  };
  let pass = true;
  const nodes: NodeVerdictInit[] = [];
  const judge = (node: string, budgetMs: number, p95Ms: number | undefined, decides: boolean) => {
    // What was not measured is not within its budget.
    const fits = p95Ms !== undefined && p95Ms <= budgetMs + TOLERANCE_MS;
    if (!fits && decides) pass = false;
    nodes.push({ node, budgetMs, p95Ms: p95Ms ?? 0, pass: fits });
  };
  for (const { lane, ms, children } of scaled(tree, targetFps).lanes) {
    const own = (window: Window) => window.lanes.find((one) => one.lane === lane);
    judge(
      laneWord(lane),
      ms,
      meanOf((window) => own(window)?.p95Ms),
      true,
    );
    for (const { name, ms: budget } of children) {
      const p95 = meanOf((window) => own(window)?.children.find((child) => child.name === name)?.p95Ms);
      judge(`${laneWord(lane)}/${name}`, budget, p95, tree.strict);
    }
  }
  return { pass, nodes };
}
