import type { HoldInit, HoldStatus, TransactionInit, TransactionKind } from "@orrery/schema/payment/v1";
import { PLATFORM } from "@orrery/wire";
import type { EntryRow, HoldRow, LegRow } from "../tables.ts";
import { ledgerId, legMessage } from "./post.ts";

export const transactionMessage = (entry: EntryRow, legs: readonly LegRow[]): TransactionInit => ({
  txId: entry.id,
  ledgerId: ledgerId(entry.world, entry.code),
  seq: entry.seq ?? 0,
  kind: entry.kind as TransactionKind,
  legs: legs.map(legMessage),
  memo: entry.memo,
  ...(entry.cause_publisher !== "" && {
    cause: { publisher: entry.cause_publisher, sequence: entry.cause_sequence },
  }),
  reversesTxId: entry.reverses,
  reversed: entry.reversed,
  holdId: entry.hold,
  actor: entry.actor,
  atMs: entry.at_ms,
  subject: entry.subject,
});

export const holdMessage = (row: HoldRow): HoldInit => ({
  holdId: row.id,
  accountId: row.account,
  amount: row.amount,
  captured: row.captured,
  released: row.released,
  status: row.status as HoldStatus,
  expiresGs: row.world === PLATFORM ? 0 : row.expires_at,
  expiresMs: row.world === PLATFORM ? row.expires_at : 0,
  memo: row.memo,
});
