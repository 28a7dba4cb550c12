import {
  Payment,
  type Product,
  RefundIssued,
  RefundRail,
  RefundReason,
  Subscription,
  TransactionKind,
} from "@orrery/schema/payment/v1";
import { encodeBytes, PLATFORM } from "@orrery/wire";
import type { Draft } from "../commit/draft.ts";
import { digestOf, keyOf } from "../commit/once.ts";
import type { Job } from "../commit/job.ts";
import { asKnown, hasTokens } from "../erase/nobody.ts";
import { playerAccount, systemAccount } from "../ledger/account.ts";
import { seedOf } from "../ledger/entry.ts";
import { post } from "../ledger/post.ts";
import type { Currencies, Currency } from "../money/currencies.ts";
import { OBJECT } from "../store/rows.ts";
import type { ObjectRow } from "../tables.ts";
import type { SeenObject } from "../providers/provider.ts";
import { dueMoney } from "./due-money.ts";
import { entitledByPayment, entitledBySubscription, isTaken } from "./entitled.ts";
import { settle } from "./entitlements.ts";
import { isOurs } from "./ours.ts";
import { cutBy, type RefundTerms, refundsOf, termsOf } from "./refund-terms.ts";
import { objectOf, paymentsOf, postedAbout, productOf, readPayment, readSubscription } from "./known.ts";

export interface ApplyTerms {
  readonly provider: string;
  readonly service: string;
  readonly currencies: Currencies;
  readonly graceDays: number;
}

export const entitlementId = (provider: string, ref: string): string => `${provider}:${ref}`;
export const subjectOf = (provider: string, ref: string): string => `${provider}/${ref}`;

/** When a look began, and what time it is: both by the provider's clock. */
export interface LookTimes {
  readonly fetchedMs: number;
  readonly nowMs: () => number;
}

/**
 * Takes in a look at an object of the provider, and lets ledgers and entitlements follow: what is due is compared with
 * what stands, and the difference is posted and told. The same look twice changes nothing the second time, and an older
 * one than that which is known is left out; so is what came of no checkout here.
 * @returns whether anything is another now
 */
export function applyJob(terms: ApplyTerms, seen: SeenObject, times: LookTimes): Job<boolean> {
  return { worlds: [PLATFORM], alone: true, run: (draft) => apply(draft, terms, seen, times) };
}

/** The same, of nobody where its player was erased: the provider names them for ever. */
export async function asRemembered(db: Draft["db"], seen: SeenObject): Promise<SeenObject> {
  const playerId = await asKnown(db, seen.object.playerId ?? "");
  return seen.kind === "payment"
    ? { kind: seen.kind, object: { ...seen.object, playerId } }
    : { kind: seen.kind, object: { ...seen.object, playerId } };
}

async function apply(
  draft: Draft,
  terms: ApplyTerms,
  given: SeenObject,
  { fetchedMs, nowMs }: LookTimes,
): Promise<boolean> {
  const { provider } = terms;
  const { db } = draft;
  const seen = await asRemembered(db, given);
  const known = await objectOf(db, provider, seen.kind, seen.object.ref);
  if (known === undefined && !(await isOurs(db, seen))) return false;
  // One from the future was taken before the clock was set back: it says nothing about which is older.
  if (known !== undefined && known.fetched_ms > fetchedMs && known.fetched_ms <= nowMs()) return false;
  const row = rowOf(provider, seen, fetchedMs);
  if (seen.kind === "subscription") {
    const subscription = readSubscription(row);
    const payments = await paymentsOf(db, provider, row.ref);
    const product = await productOf(db, subscription.productId);
    const cutMs = await cutBy(db, payments);
    draft.put(OBJECT, row);
    return settleSubscription(draft, terms, row, { subscription, payments, product, cutMs });
  }
  const payment = readPayment(row);
  const product = await productOf(db, payment.productId);
  const refunds = termsOf(payment, await refundsOf(db, [payment.ref]));
  const parent =
    payment.subscriptionRef === ""
      ? undefined
      : await objectOf(db, provider, "subscription", payment.subscriptionRef);
  const siblings = parent && (await paymentsOf(db, provider, parent.ref));
  const payments = [...(siblings ?? []).filter(({ ref }) => ref !== payment.ref), payment];
  const cutMs = parent === undefined ? 0 : await cutBy(db, payments);
  const parentProduct = parent && (await productOf(db, readSubscription(parent).productId));
  const posted = await postedSoFar(draft, terms, payment);

  draft.put(OBJECT, row);
  const moved = await settleMoney(draft, terms, { payment, product, kept: refunds.kept, posted });
  const told = tellRefund(draft, terms, payment, known && readPayment(known), refunds);
  let changed = moved || told;
  const gone = Math.max(0, payment.refunded - refunds.kept);
  if (product !== undefined && payment.playerId !== "" && parent === undefined)
    changed =
      (await settle(
        draft,
        entitlementId(provider, payment.ref),
        payment.playerId,
        entitledByPayment(payment, product, gone),
      )) || changed;
  if (parent !== undefined) {
    const look = { subscription: readSubscription(parent), payments, product: parentProduct, cutMs };
    changed = (await settleSubscription(draft, terms, parent, look)) || changed;
  }
  return changed;
}

function rowOf(provider: string, { kind, object }: SeenObject, fetchedMs: number): ObjectRow {
  const parent = kind === "payment" ? (object.subscriptionRef ?? "") : "";
  return {
    ...{ provider, kind, parent },
    ref: object.ref,
    player: object.playerId ?? "",
    fetched_ms: fetchedMs,
    created_ms: object.createdMs ?? 0,
    body: kind === "payment" ? encodeBytes(Payment, object) : encodeBytes(Subscription, object),
  };
}

async function settleSubscription(
  draft: Draft,
  { provider, graceDays }: ApplyTerms,
  { ref, fetched_ms: fetchedMs }: ObjectRow,
  look: {
    subscription: Subscription;
    payments: readonly Payment[];
    product: Product | undefined;
    cutMs: number;
  },
): Promise<boolean> {
  const { subscription, payments, product, cutMs } = look;
  if (product === undefined || subscription.playerId === "") return false;
  const due = entitledBySubscription({ subscription, payments, product, fetchedMs, cutMs, graceDays });
  return settle(draft, entitlementId(provider, ref), subscription.playerId, due);
}

interface PostedSoFar {
  readonly code: string;
  readonly account: string;
  readonly amount: number;
  readonly times: number;
}

async function postedSoFar(
  { db }: Draft,
  { provider, service, currencies }: ApplyTerms,
  { ref, currency, playerId }: Payment,
): Promise<readonly [fiat: PostedSoFar, tokens: PostedSoFar | undefined]> {
  const subject = subjectOf(provider, ref);
  const so = async (code: string, account: string) => ({
    ...{ code, account },
    ...(await postedAbout(db, service, subject, code, account)),
  });
  const [token] = currencies.tokens;
  return [
    await so(currency, systemAccount("sales", currency)),
    token && hasTokens(playerId) ? await so(token.code, playerAccount(playerId, token.code)) : undefined,
  ];
}

/** Posts what is due and does not stand yet: real money against the provider, tokens against the mint. */
async function settleMoney(
  draft: Draft,
  terms: ApplyTerms,
  look: {
    payment: Payment;
    product: Product | undefined;
    kept: number;
    posted: readonly [PostedSoFar, PostedSoFar | undefined];
  },
): Promise<boolean> {
  const { payment, product, kept, posted } = look;
  const due = dueMoney(payment, product, kept);
  const [fiat, tokens] = posted;
  const one = await postDifference(draft, terms, payment, fiat, due.fiat, "provider");
  const other =
    tokens !== undefined && (await postDifference(draft, terms, payment, tokens, due.tokens, "mint"));
  return one || other;
}

async function postDifference(
  draft: Draft,
  { provider, service, currencies }: ApplyTerms,
  payment: Payment,
  { code, account, amount: stands, times }: PostedSoFar,
  due: number,
  against: "provider" | "mint",
): Promise<boolean> {
  const difference = due - stands;
  if (difference === 0) return false;
  const currency = currencies.of(PLATFORM, code);
  const subject = subjectOf(provider, payment.ref);
  const requestKey = keyOf(PLATFORM, service, `${subject}/${account}/${times}`);
  const command = { requestKey, digest: digestOf("settled"), world: PLATFORM, code, actor: service };
  const legs = [
    { accountId: systemAccount(against, code), amount: -difference },
    { accountId: account, amount: difference },
  ];
  // What cannot be posted is no answer to keep: the look fails, and is made again.
  await post(draft, seedOf(command, draft), {
    ...{ world: PLATFORM, legs, subject, currency: widened(currency) },
    kind: kindOf(payment, difference, times, against),
    memo: payment.productId,
  });
  return true;
}

/** What the provider has done is done: it is written down however large it is. */
const widened = (currency: Currency): Currency => ({
  ...currency,
  maxAmount: Number.MAX_SAFE_INTEGER,
  maxBalance: Number.MAX_SAFE_INTEGER,
});

function kindOf(payment: Payment, difference: number, times: number, against: string): TransactionKind {
  if (difference > 0) return times === 0 ? TransactionKind.PURCHASE : TransactionKind.REVERSAL;
  return isTaken(payment) || against === "mint" ? TransactionKind.CLAWBACK : TransactionKind.REFUND;
}

/** Tells what went back since the last look. */
function tellRefund(
  draft: Draft,
  { provider }: ApplyTerms,
  payment: Payment,
  before: Payment | undefined,
  { reason, keeps }: RefundTerms,
): boolean {
  const { ref, playerId, currency } = payment;
  const wasTaken = before !== undefined && isTaken(before);
  const taken = isTaken(payment) && !wasTaken;
  const rest = payment.amount - payment.refunded;
  const refunded = payment.refunded - (before?.refunded ?? 0);
  const step = (amount: number, reason: RefundReason, clawback: boolean, remaining: number, of: string) =>
    draft.emit(PLATFORM, RefundIssued, playerId, {
      ...{ playerId, currency, amount, reason, clawback, remaining },
      refundId: `${provider}/${ref}/${of}`,
      txOrChargeId: ref,
      rail: RefundRail.FIAT,
      entitlementIds: [entitlementId(provider, payment.subscriptionRef || ref)],
    });
  if (refunded > 0)
    step(refunded, (reason || RefundReason.REQUEST) as RefundReason, !keeps, rest, String(payment.refunded));
  if (taken && rest > 0) step(rest, RefundReason.DISPUTE, true, 0, "dispute");
  return refunded > 0 || taken;
}
