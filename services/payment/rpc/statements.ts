import type {
  AuditRequest,
  AuditResponse,
  ExportLedgerRequest,
  ExportLedgerResponse,
  GetBalancesRequest,
  GetBalancesResponse,
  GetSupplyRequest,
  GetSupplyResponse,
  GetTransactionRequest,
  GetTransactionResponse,
  ListCurrenciesResponse,
  ListTransactionsRequest,
  ListTransactionsResponse,
  TransactionKind,
} from "@orrery/schema/payment/v1";
import { type Call, pageAsked, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError, PLATFORM } from "@orrery/wire";
import { book } from "../book.ts";
import { paymentErrors } from "../errors.ts";
import { accountMessage, accountName, checkPlayer, newAccount, playerAccount } from "../ledger/account.ts";
import { audit as auditAll } from "../ledger/audit.ts";
import { transactionMessage } from "../ledger/message.ts";
import { supplyOf } from "../ledger/supply.ts";
import type { LegRow, PaymentTables } from "../tables.ts";

const STATEMENT_PAGE = { standard: 50, most: 500 };

const tables = (call: Call) => call.kit.store.as<PaymentTables>();
const self = (playerId: string, { caller }: Call) =>
  playerId === "" && caller.role === "player" ? caller.id : playerId;

function currenciesIn(call: Call, world: string) {
  const { coins, tokens } = call.part(book).currencies;
  return world === PLATFORM ? tokens : coins;
}

export async function getBalances(
  { worldId: world, playerId }: GetBalancesRequest,
  call: Call,
): Promise<InitOf<typeof GetBalancesResponse>> {
  const player = self(playerId, call);
  checkPlayer(player);
  const names = currenciesIn(call, world).map(({ code }) => accountName(playerAccount(player, code)));
  const rows = await tables(call)
    .selectFrom("account")
    .selectAll()
    .where("world", "=", world)
    .where(
      "id",
      "in",
      names.map(({ id }) => id),
    )
    .execute();
  const accounts = names.map((name) => rows.find(({ id }) => id === name.id) ?? newAccount(world, name));
  return { accounts: accounts.map(accountMessage) };
}

/** @throws RPC_FIELD_INVALID where an account is named by somebody who is no operator */
function statementOf(request: ListTransactionsRequest, call: Call): string {
  const { worldId: world, playerId, currency, accountId } = request;
  if (accountId !== "" && call.caller.role === "player")
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: "account_id is for operators" });
  if (accountId !== "") return accountName(accountId).id;
  const player = self(playerId, call);
  checkPlayer(player);
  return playerAccount(player, currency || (currenciesIn(call, world)[0]?.code ?? ""));
}

export async function listTransactions(
  request: ListTransactionsRequest,
  call: Call,
): Promise<InitOf<typeof ListTransactionsResponse>> {
  const { worldId: world } = request;
  const account = statementOf(request, call);
  const page = pageAsked(request, ["transactions", world, account], ["number"], STATEMENT_PAGE);
  let query = tables(call)
    .selectFrom("leg")
    .innerJoin("entry", "entry.id", "leg.entry")
    .select([
      "entry.id",
      "entry.seq",
      "entry.kind",
      "entry.memo",
      "entry.at_ms",
      "entry.reverses",
      "entry.cause_publisher",
      "entry.cause_sequence",
      "leg.amount",
      "leg.balance_after",
    ])
    .where("leg.world", "=", world)
    .where("leg.account", "=", account)
    .orderBy("leg.seq", "desc")
    .limit(page.size + 1);
  if (page.place !== undefined) query = query.where("leg.seq", "<=", page.place[0]);
  const rows = await query.execute();
  const next = rows[page.size];
  return {
    lines: rows.slice(0, page.size).map((row) => ({
      txId: row.id,
      seq: Number(row.seq),
      kind: row.kind as TransactionKind,
      amount: row.amount,
      balanceAfter: row.balance_after,
      memo: row.memo,
      atMs: row.at_ms,
      reversesTxId: row.reverses,
      ...(row.cause_publisher !== "" && {
        cause: { publisher: row.cause_publisher, sequence: row.cause_sequence },
      }),
    })),
    nextPageToken: page.next(next === undefined ? undefined : [Number(next.seq)]),
  };
}

async function legsOf(call: Call, ids: readonly string[]): Promise<Map<string, LegRow[]>> {
  const legs = new Map<string, LegRow[]>();
  if (ids.length === 0) return legs;
  const rows = await tables(call)
    .selectFrom("leg")
    .selectAll()
    .where("entry", "in", ids)
    .orderBy("position")
    .execute();
  for (const row of rows) legs.set(row.entry, [...(legs.get(row.entry) ?? []), row]);
  return legs;
}

export async function getTransaction(
  { worldId: world, txId }: GetTransactionRequest,
  call: Call,
): Promise<InitOf<typeof GetTransactionResponse>> {
  const entry = await tables(call)
    .selectFrom("entry")
    .selectAll()
    .where("id", "=", txId)
    .where("world", "=", world)
    .where("seq", "is not", null)
    .executeTakeFirst();
  if (entry === undefined)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_TRANSACTION, { given: `${txId} in ${world}` });
  return { transaction: transactionMessage(entry, (await legsOf(call, [txId])).get(txId) ?? []) };
}

export async function exportLedger(
  request: ExportLedgerRequest,
  call: Call,
): Promise<InitOf<typeof ExportLedgerResponse>> {
  const { worldId: world, currency: code } = request;
  call.part(book).currencies.of(world, code);
  const page = pageAsked(request, ["ledger", world, code], ["number"]);
  const entries = await tables(call)
    .selectFrom("entry")
    .selectAll()
    .where("world", "=", world)
    .where("code", "=", code)
    .where("seq", ">=", page.place?.[0] ?? 1)
    .orderBy("seq")
    .limit(page.size + 1)
    .execute();
  const shown = entries.slice(0, page.size);
  const legs = await legsOf(
    call,
    shown.map(({ id }) => id),
  );
  const next = entries[page.size];
  return {
    transactions: shown.map((entry) => transactionMessage(entry, legs.get(entry.id) ?? [])),
    nextPageToken: page.next(next === undefined ? undefined : [Number(next.seq)]),
  };
}

export const audit = ({ worldId }: AuditRequest, call: Call): Promise<InitOf<typeof AuditResponse>> =>
  auditAll(tables(call), worldId).then((found) => ({ ...found, imbalances: [...found.imbalances] }));

export async function getSupply(
  { worldId: world }: GetSupplyRequest,
  call: Call,
): Promise<InitOf<typeof GetSupplyResponse>> {
  const supplies = [];
  for (const { code } of currenciesIn(call, world)) supplies.push(await supplyOf(tables(call), world, code));
  return { supplies };
}

export function listCurrencies(_request: unknown, call: Call): InitOf<typeof ListCurrenciesResponse> {
  const { coins, tokens } = call.part(book).currencies;
  return { currencies: [...coins, ...tokens] };
}
