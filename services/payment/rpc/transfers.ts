import {
  AdjustRequest,
  type AdjustResponse,
  ReverseRequest,
  type ReverseResponse,
  TransactionKind,
  TransferRequest,
  type TransferResponse,
} from "@orrery/schema/payment/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { book } from "../book.ts";
import type { Draft } from "../commit/draft.ts";
import { paymentErrors } from "../errors.ts";
import { accountName, systemAccount } from "../ledger/account.ts";
import { postedBy } from "../ledger/entry.ts";
import { transactionMessage } from "../ledger/message.ts";
import { post, type Posted, postReads } from "../ledger/post.ts";
import { reverse } from "../ledger/reverse.ts";
import { ENTRY } from "../store/rows.ts";
import type { EntryRow, PaymentTables } from "../tables.ts";
import { ledgerCall } from "./ledger-job.ts";

const ASKED_KINDS: ReadonlySet<TransactionKind> = new Set([
  TransactionKind.REWARD,
  TransactionKind.PURCHASE,
  TransactionKind.TRANSFER,
  TransactionKind.EXCHANGE,
  TransactionKind.OPENING,
]);

export const sayPosted = ({ entry, legs }: Posted) => ({ transaction: transactionMessage(entry, legs) });
const sayAgain = async (draft: Draft, entry: EntryRow) => sayPosted(await postedBy(draft, entry));
const refOf = (cause: { publisher: string; sequence: number } | undefined) =>
  cause && { publisher: cause.publisher, sequence: cause.sequence };

export function transfer(request: TransferRequest, call: Call): Promise<InitOf<typeof TransferResponse>> {
  const { worldId: world, currency: code, legs, memo, subject } = request;
  const kind = request.kind || TransactionKind.TRANSFER;
  if (!ASKED_KINDS.has(kind))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `kind ${kind} is not one that is asked for`,
    });
  // It may take what the floor of an account keeps: so only new money opens anything.
  const mint = systemAccount("mint", code);
  const taken = legs.find(({ accountId, amount }) => amount < 0 && accountId !== mint);
  if (kind === TransactionKind.OPENING && taken !== undefined)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `an opening that takes from ${taken.accountId}; it takes from ${mint} alone`,
    });
  const currency = call.part(book).currencies.of(world, code);
  const accounts = legs.map(({ accountId }) => accountId);
  return ledgerCall(call, TransferRequest, request, {
    code,
    reads: postReads(world, code, accounts),
    act: async (draft, seed) =>
      sayPosted(
        await post(draft, seed, { world, currency, kind, legs, memo, subject, cause: refOf(request.cause) }),
      ),
    again: sayAgain,
  });
}

export function adjust(request: AdjustRequest, call: Call): Promise<InitOf<typeof AdjustResponse>> {
  const { worldId: world, accountId, amount, reason } = request;
  if (reason.trim() === "") throw new OrreryError(paymentErrors.PAYMENT_REASON_MISSING, { given: accountId });
  const { code } = accountName(accountId);
  const currency = call.part(book).currencies.of(world, code);
  const mint = systemAccount("mint", code);
  const legs = [
    { accountId: mint, amount: -amount },
    { accountId, amount },
  ];
  const about = { kind: TransactionKind.ADJUSTMENT, legs, memo: reason };
  return ledgerCall(call, AdjustRequest, request, {
    code,
    reads: postReads(world, code, [mint, accountId]),
    act: async (draft, seed) => sayPosted(await post(draft, seed, { world, currency, ...about })),
    again: sayAgain,
  });
}

export async function reverseCall(
  request: ReverseRequest,
  call: Call,
): Promise<InitOf<typeof ReverseResponse>> {
  const { worldId: world, txId, amount: asked, memo } = request;
  const db = call.kit.store.as<PaymentTables>();
  const known = await db.selectFrom("entry").select("code").where("id", "=", txId).executeTakeFirst();
  if (known === undefined)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_TRANSACTION, { given: `${txId} in ${world}` });
  const { code } = known;
  const currency = call.part(book).currencies.of(world, code);
  return ledgerCall(call, ReverseRequest, request, {
    code,
    reads: [{ table: ENTRY, key: [txId] }],
    act: async (draft, seed) => sayPosted(await reverse(draft, seed, { world, currency, txId, asked, memo })),
    again: sayAgain,
  });
}
