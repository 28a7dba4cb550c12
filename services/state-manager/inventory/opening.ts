import type { AccountRow } from "../tables.ts";
import type { Value } from "../value/model.ts";
import { stacksIn } from "./stack.ts";

/** Accounts of an owner in a fork: what was held where it began is what the fork gave. */
export function opening(world: string, owner: string, value: Value | undefined): AccountRow[] {
  const counts = new Map<string, number>();
  for (const { item, count } of stacksIn(value)) counts.set(item, (counts.get(item) ?? 0) + count);
  const nothing = { transferred_in: 0, consumed: 0, revoked: 0, transferred_out: 0 };
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([item, granted]) => ({ world, owner, item, granted, ...nothing }));
}
