import {
  AccountStatus,
  LedgerPosted,
  TransactionKind,
  type LegInit,
  WalletChanged,
} from "@orrery/schema/payment/v1";
import { OrreryError } from "@orrery/wire";
import type { Draft, EventRef, RowName } from "../commit/draft.ts";
import { paymentErrors } from "../errors.ts";
import type { Currency } from "../money/currencies.ts";
import { ACCOUNT, ENTRY, LEDGER, LEG } from "../store/rows.ts";
import type { AccountRow, EntryRow, LegRow } from "../tables.ts";
import { accountName, type AccountName, newAccount, playerOf } from "./account.ts";
import { checkAmount } from "./amount.ts";
import type { Seed } from "./entry.ts";

export interface LegOrder {
  readonly accountId: string;
  /** Minor units, not 0. */
  readonly amount: number;
}

/** A transaction as it is asked for. */
export interface Order {
  readonly world: string;
  readonly currency: Currency;
  readonly kind: TransactionKind;
  readonly legs: readonly LegOrder[];
  readonly memo?: string;
  readonly subject?: string;
  readonly reverses?: string;
  readonly hold?: string;
  readonly cause?: EventRef | undefined;
}

/** A transaction as it stands. */
export interface Posted {
  readonly entry: EntryRow;
  readonly legs: readonly LegRow[];
}

const LEGS = { least: 2, most: 16 };
/** What may take money from an account that gives none at present. */
const CORRECTIONS: ReadonlySet<TransactionKind> = new Set([
  TransactionKind.CLAWBACK,
  TransactionKind.ADJUSTMENT,
  TransactionKind.REVERSAL,
]);
/** What may take a player below what is theirs: what was paid back is owed, and a fork begins as its parent stands. */
const BELOW: ReadonlySet<TransactionKind> = new Set([TransactionKind.CLAWBACK, TransactionKind.OPENING]);

export const ledgerId = (world: string, code: string): string => `${world}/${code}`;

/** Rows that a transaction over these accounts wants. */
export const postReads = (world: string, code: string, accounts: readonly string[]): RowName[] => [
  { table: LEDGER, key: [world, code] },
  ...accounts.map((id) => ({ table: ACCOUNT, key: [world, id] })),
];

/**
 * Moves money: all legs or none, their sum 0, every account within its bounds, one more in the ledger's order, and told.
 * @throws PAYMENT_UNBALANCED, _AMOUNT_RANGE, _UNKNOWN_ACCOUNT, _ACCOUNT_FROZEN, _INSUFFICIENT_FUNDS, _BALANCE_RANGE
 */
export async function post(draft: Draft, seed: Seed, order: Order): Promise<Posted> {
  const { world, currency, kind, legs: asked, cause } = order;
  const { code } = currency;
  checkLegs(asked, currency);
  const known = await draft.get(LEDGER, world, code);
  const seq = (known?.seq ?? 0) + 1;
  const accounts: AccountRow[] = [];
  for (const leg of asked) accounts.push(await moved(draft, order, leg));
  draft.put(LEDGER, { world, code, seq });
  for (const account of accounts) draft.put(ACCOUNT, account);
  const entry: EntryRow = {
    ...seed,
    world,
    code,
    seq,
    kind,
    memo: order.memo ?? "",
    subject: order.subject ?? "",
    cause_publisher: cause?.publisher ?? "",
    cause_sequence: cause?.sequence ?? 0,
    reverses: order.reverses ?? "",
    hold: order.hold ?? "",
  };
  draft.put(ENTRY, entry);
  const legs = asked.map(({ accountId, amount }, position) => ({
    entry: entry.id,
    position,
    world,
    account: accountId,
    seq,
    amount,
    balance_after: accounts[position]?.balance ?? 0,
  }));
  for (const leg of legs) draft.put(LEG, leg);
  const told = {
    txId: entry.id,
    ledgerId: ledgerId(world, code),
    ...{ kind, seq, memo: entry.memo, subject: entry.subject },
    legs: legs.map(legMessage),
    reversesTxId: entry.reverses,
    holdId: entry.hold,
  };
  draft.emit(world, LedgerPosted, told.ledgerId, told, cause);
  for (const account of accounts) tellWallet(draft, account, cause);
  return { entry, legs };
}

export const legMessage = ({ account, amount, balance_after }: LegRow): LegInit => ({
  accountId: account,
  amount,
  balanceAfter: balance_after,
});

/** Tells a player what they have now; nobody else hears it. */
export function tellWallet(draft: Draft, row: AccountRow, cause?: EventRef): void {
  const playerId = playerOf(accountName(row.id));
  if (playerId === undefined) return;
  const { balance, held, version, code: currency } = row;
  const told = { ...{ playerId, currency, balance, held, version }, available: balance - held };
  draft.emit(row.world, WalletChanged, playerId, told, cause);
}

function checkLegs(legs: readonly LegOrder[], currency: Currency): void {
  const names = new Set(legs.map(({ accountId }) => accountId));
  const given = `${legs.length} legs, ${names.size} accounts, sum ${legs.reduce((sum, { amount }) => sum + amount, 0)}`;
  const unbalanced = () => new OrreryError(paymentErrors.PAYMENT_UNBALANCED, { given });
  if (legs.length < LEGS.least || legs.length > LEGS.most || names.size !== legs.length) throw unbalanced();
  for (const { amount } of legs) checkAmount(Math.abs(amount), currency);
  // 16 legs of at most 1e12 each: the sum of doubles is exact.
  if (legs.reduce((sum, { amount }) => sum + amount, 0) !== 0) throw unbalanced();
}

/** The account after one leg. */
async function moved(draft: Draft, { world, currency, kind }: Order, leg: LegOrder): Promise<AccountRow> {
  const name = accountName(leg.accountId);
  const refuse = (error: keyof typeof paymentErrors, given: string) =>
    new OrreryError(paymentErrors[error], { given: `${name.id}: ${given}` });
  if (name.code !== currency.code) throw refuse("PAYMENT_UNKNOWN_ACCOUNT", `not of ${currency.code}`);
  const before = await accountOf(draft, world, name, leg.amount > 0 || BELOW.has(kind));
  const { status, held } = before;
  const gives = leg.amount < 0;
  if (status === AccountStatus.CLOSED) throw refuse("PAYMENT_ACCOUNT_FROZEN", "closed");
  if (gives && status === AccountStatus.FROZEN && !CORRECTIONS.has(kind))
    throw refuse("PAYMENT_ACCOUNT_FROZEN", "frozen");
  const balance = before.balance + leg.amount;
  if (!Number.isSafeInteger(balance) || (name.system === undefined && balance > currency.maxBalance))
    throw refuse("PAYMENT_BALANCE_RANGE", `${balance}, at most ${currency.maxBalance}`);
  if (gives && balance - held < name.floor && !BELOW.has(kind))
    throw refuse("PAYMENT_INSUFFICIENT_FUNDS", `${before.balance - held} available, ${-leg.amount} needed`);
  return { ...before, balance, version: before.version + 1 };
}

/** @param opens whether it may begin now: with money that comes in @throws PAYMENT_UNKNOWN_ACCOUNT */
export async function accountOf(
  draft: Draft,
  world: string,
  name: AccountName,
  opens: boolean,
): Promise<AccountRow> {
  const known = await draft.get(ACCOUNT, world, name.id);
  if (known !== undefined) return known;
  if (!opens && name.floor === 0 && name.system === undefined)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_ACCOUNT, { given: `${name.id} in ${world}` });
  return newAccount(world, name);
}
