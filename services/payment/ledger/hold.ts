import { AccountStatus, HoldStatus, TransactionKind } from "@orrery/schema/payment/v1";
import { OrreryError, PLATFORM } from "@orrery/wire";
import type { Draft, EventRef } from "../commit/draft.ts";
import { paymentErrors } from "../errors.ts";
import type { Currency } from "../money/currencies.ts";
import { ACCOUNT, ENTRY, HOLD } from "../store/rows.ts";
import type { HoldRow } from "../tables.ts";
import { accountName } from "./account.ts";
import { checkAmount } from "./amount.ts";
import type { Seed } from "./entry.ts";
import { accountOf, post, type Posted, tellWallet } from "./post.ts";

/*
 * A hold is ACTIVE until one of three things happens to it, once. Capture moves what is asked of it to somebody and lets
 * the rest go: CAPTURED. Release lets all of it go: RELEASED. Its time comes: EXPIRED, whatever became of whoever wanted
 * it. While it is active its amount counts as `held` of the account, and nobody else can have it; afterwards
 * captured + released = amount.
 */

const HOLDS_MOST = 20;

export interface HoldOrder {
  readonly world: string;
  readonly currency: Currency;
  readonly accountId: string;
  readonly amount: number;
  readonly expiresAt: number;
  readonly memo: string;
}

/** @throws PAYMENT_AMOUNT_RANGE, _UNKNOWN_ACCOUNT, _ACCOUNT_FROZEN, _INSUFFICIENT_FUNDS, _HOLD_LIMIT */
export async function hold(draft: Draft, seed: Seed, order: HoldOrder): Promise<HoldRow> {
  const { world, currency, accountId, amount, expiresAt, memo } = order;
  checkAmount(amount, currency);
  const name = accountName(accountId);
  if (name.code !== currency.code)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_ACCOUNT, {
      given: `${accountId} is not of ${currency.code}`,
    });
  const account = await accountOf(draft, world, name, false);
  if (account.status !== AccountStatus.OPEN)
    throw new OrreryError(paymentErrors.PAYMENT_ACCOUNT_FROZEN, { given: accountId });
  const available = account.balance - account.held;
  if (available - amount < name.floor)
    throw new OrreryError(paymentErrors.PAYMENT_INSUFFICIENT_FUNDS, {
      given: `${accountId}: ${available} available, ${amount} needed`,
    });
  if (account.holds >= HOLDS_MOST)
    throw new OrreryError(paymentErrors.PAYMENT_HOLD_LIMIT, { given: accountId });
  const row: HoldRow = {
    ...{ world, amount, memo },
    id: `hold-${seed.id.slice("tx-".length)}`,
    account: accountId,
    captured: 0,
    released: 0,
    status: HoldStatus.ACTIVE,
    expires_at: expiresAt,
  };
  draft.put(HOLD, row);
  draft.put(ENTRY, { ...seed, hold: row.id, memo });
  const after = {
    ...account,
    held: account.held + amount,
    holds: account.holds + 1,
    version: account.version + 1,
  };
  draft.put(ACCOUNT, after);
  tellWallet(draft, after);
  return row;
}

export interface CaptureOrder {
  readonly world: string;
  readonly currency: Currency;
  readonly holdId: string;
  /** 0: all of it. */
  readonly amount: number;
  readonly to: string;
  readonly memo: string;
  readonly subject: string;
  readonly cause: EventRef | undefined;
}

/** @throws PAYMENT_UNKNOWN_HOLD, _HOLD_EXPIRED, _HOLD_ENDED, _AMOUNT_RANGE, and what a transaction is refused for */
export async function capture(
  draft: Draft,
  seed: Seed,
  order: CaptureOrder,
): Promise<Posted & { readonly hold: HoldRow }> {
  const { world, currency, holdId, to, memo, subject, cause } = order;
  const held = await activeHold(draft, world, holdId);
  const amount = order.amount || held.amount;
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > held.amount)
    throw new OrreryError(paymentErrors.PAYMENT_AMOUNT_RANGE, { given: `${amount} of ${held.amount} held` });
  const row = await end(draft, held, HoldStatus.CAPTURED, amount, false);
  const legs = [
    { accountId: held.account, amount: -amount },
    { accountId: to, amount },
  ];
  const kind = TransactionKind.CAPTURE;
  const about = { kind, legs, memo: memo || held.memo, subject, cause, hold: holdId };
  return { ...(await post(draft, seed, { world, currency, ...about })), hold: row };
}

/** @throws PAYMENT_UNKNOWN_HOLD, _HOLD_ENDED where it was captured */
export async function release(draft: Draft, seed: Seed, world: string, holdId: string): Promise<HoldRow> {
  const found = await holdOf(draft, world, holdId);
  const open = found.status === HoldStatus.ACTIVE;
  if (found.status === HoldStatus.CAPTURED)
    throw new OrreryError(paymentErrors.PAYMENT_HOLD_ENDED, { given: `${holdId} was captured` });
  const row = open ? await end(draft, found, HoldStatus.RELEASED, 0, true) : found;
  draft.put(ENTRY, { ...seed, hold: holdId });
  return row;
}

/** Lets go of it because its time has come. */
export const expire = (draft: Draft, row: HoldRow): Promise<HoldRow> =>
  end(draft, row, HoldStatus.EXPIRED, 0, true);

async function holdOf(draft: Draft, world: string, id: string): Promise<HoldRow> {
  const row = await draft.get(HOLD, id);
  if (row === undefined || row.world !== world)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_HOLD, { given: `${id} in ${world}` });
  return row;
}

async function activeHold(draft: Draft, world: string, id: string): Promise<HoldRow> {
  const row = await holdOf(draft, world, id);
  const late = world === PLATFORM && row.status === HoldStatus.ACTIVE && row.expires_at <= draft.nowMs;
  if (row.status === HoldStatus.EXPIRED || late)
    throw new OrreryError(paymentErrors.PAYMENT_HOLD_EXPIRED, { given: id });
  if (row.status !== HoldStatus.ACTIVE)
    throw new OrreryError(paymentErrors.PAYMENT_HOLD_ENDED, { given: id });
  return row;
}

/** @param tells whether nothing else tells the player of their account */
async function end(
  draft: Draft,
  row: HoldRow,
  status: HoldStatus,
  captured: number,
  tells: boolean,
): Promise<HoldRow> {
  const account = await accountOf(draft, row.world, accountName(row.account), true);
  const after = {
    ...account,
    held: account.held - row.amount,
    holds: account.holds - 1,
    version: account.version + 1,
  };
  draft.put(ACCOUNT, after);
  if (tells) tellWallet(draft, after);
  const ended = { ...row, status, captured, released: row.amount - captured };
  draft.put(HOLD, ended);
  return ended;
}
