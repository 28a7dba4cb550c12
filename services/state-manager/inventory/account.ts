import type { AccountRow } from "../tables.ts";
import type { Draft } from "../write/draft.ts";
import { accountName } from "../write/load.ts";
import type { Stack } from "./stack.ts";

type Way = "granted" | "transferred_in" | "consumed" | "revoked" | "transferred_out";

/** Books what became of items: held = granted + transferred in - consumed - revoked - transferred out. */
export function book(draft: Draft, world: string, owner: string, way: Way, stacks: readonly Stack[]): void {
  for (const { item, count } of stacks) {
    const name = accountName(world, owner, item);
    const row: AccountRow = draft.sheets.accounts.get(name) ?? {
      world,
      owner,
      item,
      granted: 0,
      transferred_in: 0,
      consumed: 0,
      revoked: 0,
      transferred_out: 0,
    };
    draft.sheets.accounts.put(name, { ...row, [way]: row[way] + count });
  }
}
