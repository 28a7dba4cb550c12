import { AccountStatus } from "@orrery/schema/payment/v1";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Draft } from "../commit/draft.ts";
import { paymentErrors } from "../errors.ts";
import { ACCOUNT, ENTRY } from "../store/rows.ts";
import type { AccountRow } from "../tables.ts";
import { accountName } from "./account.ts";
import type { Seed } from "./entry.ts";
import { accountOf } from "./post.ts";

const WORDS: ReadonlyMap<AccountStatus, string> = new Map([
  [AccountStatus.OPEN, "opened"],
  [AccountStatus.FROZEN, "frozen"],
  [AccountStatus.CLOSED, "closed"],
]);

/** @throws RPC_FIELD_INVALID, PAYMENT_UNKNOWN_ACCOUNT, _ACCOUNT_IN_USE, _REASON_MISSING */
export async function freeze(
  draft: Draft,
  seed: Seed,
  order: { world: string; accountId: string; status: AccountStatus; reason: string },
): Promise<AccountRow> {
  const { world, accountId, status, reason } = order;
  if (reason.trim() === "") throw new OrreryError(paymentErrors.PAYMENT_REASON_MISSING, { given: accountId });
  const word = WORDS.get(status);
  if (word === undefined)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `status ${status}` });
  const row = await accountOf(draft, world, accountName(accountId), false);
  if (status === AccountStatus.CLOSED && (row.balance !== 0 || row.holds > 0))
    throw new OrreryError(paymentErrors.PAYMENT_ACCOUNT_IN_USE, { given: `${accountId} has ${row.balance}` });
  const after = { ...row, status, version: row.version + 1 };
  draft.put(ACCOUNT, after);
  draft.put(ENTRY, { ...seed, memo: `${word}: ${reason}` });
  return after;
}
