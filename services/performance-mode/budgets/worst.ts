import type { BudgetTree, Lane, LaneTime } from "@orrery/schema/performance/v1";

/** The child of a lane furthest over its own budget; empty: nothing is known of its children. */
export function worstChild(
  tree: BudgetTree,
  lane: Lane,
  time: LaneTime | undefined,
  targetFps: number,
): string {
  const budgets = new Map(
    tree.lanes.find((one) => one.lane === lane)?.children.map(({ name, ms }) => [name, ms]) ?? [],
  );
  const by = tree.referenceFps / targetFps;
  let worst = { name: "", ratio: 0 };
  for (const { name, p95Ms } of time?.children ?? []) {
    const budget = budgets.get(name);
    if (budget === undefined) continue;
    const ratio = budget === 0 ? (p95Ms > 0 ? Number.POSITIVE_INFINITY : 0) : p95Ms / (budget * by);
    if (ratio > worst.ratio) worst = { name, ratio };
  }
  return worst.name;
}
