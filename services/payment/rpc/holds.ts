import {
  AccountStatus,
  CaptureRequest,
  type CaptureResponse,
  FreezeRequest,
  type FreezeResponse,
  type GetHoldRequest,
  type GetHoldResponse,
  HoldRequest,
  type HoldResponse,
  ReleaseRequest,
  type ReleaseResponse,
} from "@orrery/schema/payment/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError, PLATFORM } from "@orrery/wire";
import { book } from "../book.ts";
import type { Draft } from "../commit/draft.ts";
import { paymentErrors } from "../errors.ts";
import { accountMessage, accountName } from "../ledger/account.ts";
import { postedBy } from "../ledger/entry.ts";
import { freeze } from "../ledger/freeze.ts";
import { capture, hold, release } from "../ledger/hold.ts";
import { holdMessage } from "../ledger/message.ts";
import { accountOf, postReads } from "../ledger/post.ts";
import { ACCOUNT, HOLD } from "../store/rows.ts";
import type { HoldRow, PaymentTables } from "../tables.ts";
import { ledgerCall } from "./ledger-job.ts";
import { sayPosted } from "./transfers.ts";

const COINS_LIVE_GS = 36_000;
const TOKENS_LIVE_MS = { standard: 600_000, least: 1_000, most: 86_400_000 };

/** A repeat is told what has become of it since. */
const sayHold = async (draft: Draft, id: string) => ({
  hold: holdMessage((await draft.get(HOLD, id)) as HoldRow),
});

async function expiresAt({ worldId, expiresGs, livesMs }: HoldRequest, call: Call): Promise<number> {
  if (worldId === PLATFORM) {
    const { standard, least, most } = TOKENS_LIVE_MS;
    const lives = livesMs || standard;
    if (!(lives >= least && lives <= most))
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
        given: `lives_ms ${lives}, ${least}..${most}`,
      });
    return Math.floor(call.kit.clock.now() + lives);
  }
  if (expiresGs > 0) return Math.floor(expiresGs);
  const { now } = await call.kit.client(TimeService).getClock({ worldId }, { signal: call.signal });
  return Math.floor((now?.atGs ?? 0) + COINS_LIVE_GS);
}

export async function holdCall(request: HoldRequest, call: Call): Promise<InitOf<typeof HoldResponse>> {
  const { worldId: world, accountId, amount, memo } = request;
  const { code } = accountName(accountId);
  const currency = call.part(book).currencies.of(world, code);
  const order = { world, currency, accountId, amount, memo, expiresAt: await expiresAt(request, call) };
  return ledgerCall(call, HoldRequest, request, {
    code,
    reads: [{ table: ACCOUNT, key: [world, accountId] }],
    act: async (draft, seed) => ({ hold: holdMessage(await hold(draft, seed, order)) }),
    again: (draft, entry) => sayHold(draft, entry.hold),
  });
}

async function codeOfHold({ worldId, holdId }: GetHoldRequest, call: Call): Promise<[HoldRow, string]> {
  const row = await call.kit.store
    .as<PaymentTables>()
    .selectFrom("hold")
    .selectAll()
    .where("id", "=", holdId)
    .where("world", "=", worldId)
    .executeTakeFirst();
  if (row === undefined)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_HOLD, { given: `${holdId} in ${worldId}` });
  return [row, accountName(row.account).code];
}

export async function getHold(request: GetHoldRequest, call: Call): Promise<InitOf<typeof GetHoldResponse>> {
  const [row] = await codeOfHold(request, call);
  return { hold: holdMessage(row) };
}

export async function captureCall(
  request: CaptureRequest,
  call: Call,
): Promise<InitOf<typeof CaptureResponse>> {
  const { worldId: world, holdId, amount, toAccountId: to, memo, subject } = request;
  const [row, code] = await codeOfHold({ ...request, $typeName: "payment.v1.GetHoldRequest" }, call);
  const currency = call.part(book).currencies.of(world, code);
  const cause = request.cause && { publisher: request.cause.publisher, sequence: request.cause.sequence };
  return ledgerCall(call, CaptureRequest, request, {
    code,
    reads: [{ table: HOLD, key: [holdId] }, ...postReads(world, code, [row.account, to])],
    async act(draft, seed) {
      const order = { world, currency, holdId, amount, to, memo, subject, cause };
      const done = await capture(draft, seed, order);
      return { ...sayPosted(done), hold: holdMessage(done.hold) };
    },
    again: async (draft, entry) => ({
      ...sayPosted(await postedBy(draft, entry)),
      ...(await sayHold(draft, entry.hold)),
    }),
  });
}

export async function releaseCall(
  request: ReleaseRequest,
  call: Call,
): Promise<InitOf<typeof ReleaseResponse>> {
  const { worldId: world, holdId } = request;
  const [row, code] = await codeOfHold({ ...request, $typeName: "payment.v1.GetHoldRequest" }, call);
  return ledgerCall(call, ReleaseRequest, request, {
    code,
    reads: [
      { table: HOLD, key: [holdId] },
      { table: ACCOUNT, key: [world, row.account] },
    ],
    act: async (draft, seed) => ({ hold: holdMessage(await release(draft, seed, world, holdId)) }),
    again: (draft, entry) => sayHold(draft, entry.hold),
  });
}

export function freezeCall(request: FreezeRequest, call: Call): Promise<InitOf<typeof FreezeResponse>> {
  const { worldId: world, accountId, reason } = request;
  const status = request.status || AccountStatus.UNSPECIFIED;
  const { code } = accountName(accountId);
  return ledgerCall(call, FreezeRequest, request, {
    code,
    reads: [{ table: ACCOUNT, key: [world, accountId] }],
    act: async (draft, seed) => ({
      account: accountMessage(await freeze(draft, seed, { world, accountId, status, reason })),
    }),
    again: async (draft) => ({
      account: accountMessage(await accountOf(draft, world, accountName(accountId), true)),
    }),
  });
}
