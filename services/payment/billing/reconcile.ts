import { type DriftInit, Entitlement, Payment, Subscription } from "@orrery/schema/payment/v1";
import { type Kit } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import { book } from "../book.ts";
import type { Config } from "../config.ts";
import { hasTokens } from "../erase/nobody.ts";
import { playerAccount, systemAccount } from "../ledger/account.ts";
import { audit } from "../ledger/audit.ts";
import type { ObjectRef, SeenObject } from "../providers/provider.ts";
import type { ObjectRow, PaymentTables } from "../tables.ts";
import { till } from "../till.ts";
import { asRemembered, entitlementId, subjectOf } from "./apply.ts";
import { dueMoney } from "./due-money.ts";
import { type Entitled, entitledByPayment, entitledBySubscription } from "./entitled.ts";
import { isAsDue } from "./entitlements.ts";
import { cutBy, refundsOf, termsOf } from "./refund-terms.ts";
import { isOurs } from "./ours.ts";
import { objectOf, paymentsOf, postedAbout, productOf, readPayment, readSubscription } from "./known.ts";

export interface Reconciled {
  readonly lookedAt: number;
  readonly drifts: readonly DriftInit[];
  readonly driftCount: number;
  readonly repaired: number;
}

const DRIFTS_MOST = 500;
const DAYS_MS = 3 * 86_400_000;

/**
 * Holds three things against each other: what the provider has, the copy of it that is kept here, and what follows from
 * it (postings and entitlements). Nothing is changed but with `apply`: then what drifted is looked at again and follows.
 */
export async function reconcile(
  kit: Kit,
  { apply, all }: { readonly apply: boolean; readonly all: boolean },
): Promise<Reconciled> {
  const { provider, refresher } = kit.part(till);
  const db = kit.store.as<PaymentTables>();
  const sinceMs = all ? 0 : provider.nowMs() - DAYS_MS;
  const found: { readonly drift: DriftInit; readonly about: ObjectRef | undefined }[] = [];
  const seen = new Set<string>();
  let lookedAt = 0;

  for await (const given of provider.objects(sinceMs)) {
    const there = await asRemembered(db, given);
    lookedAt += 1;
    const about = { kind: there.kind, ref: there.object.ref };
    seen.add(`${about.kind} ${about.ref}`);
    const kept = await objectOf(db, provider.name, about.kind, about.ref);
    if (kept === undefined && !(await isOurs(db, there))) continue;
    const drift = differs(there, kept);
    if (drift !== undefined) found.push({ drift, about });
    if (kept === undefined) continue;
    for (const own of await driftOfConsequences(kit, kept)) found.push({ drift: own, about });
  }
  if (all)
    for (const row of await db
      .selectFrom("provider_object")
      .select(["kind", "ref"])
      .where("provider", "=", provider.name)
      .execute())
      if (!seen.has(`${row.kind} ${row.ref}`))
        found.push({ drift: { ...row, ours: "kept", theirs: "nothing" }, about: undefined });
  for (const { ref, problem } of (await audit(db, "")).imbalances)
    found.push({
      drift: { kind: "account", ref: ref ?? "", ours: problem ?? "", theirs: "its legs" },
      about: undefined,
    });

  let repaired = 0;
  if (apply)
    for (const about of distinct(found.flatMap((own) => own.about ?? [])))
      if ((await refresher.refresh(about)).changed) repaired += 1;
  return {
    lookedAt,
    drifts: found.slice(0, DRIFTS_MOST).map(({ drift }) => drift),
    driftCount: found.length,
    repaired,
  };
}

const distinct = (refs: readonly ObjectRef[]): ObjectRef[] => [
  ...new Map(refs.map((about) => [`${about.kind} ${about.ref}`, about])).values(),
];

function differs(there: SeenObject, kept: ObjectRow | undefined): DriftInit | undefined {
  const body =
    there.kind === "payment" ? encodeBytes(Payment, there.object) : encodeBytes(Subscription, there.object);
  if (kept !== undefined && Buffer.compare(body, kept.body) === 0) return undefined;
  const say = (bytes: Uint8Array) =>
    JSON.stringify(there.kind === "payment" ? Payment.decode(bytes) : Subscription.decode(bytes));
  return {
    kind: there.kind,
    ref: there.object.ref,
    ours: kept === undefined ? "nothing" : say(kept.body),
    theirs: say(body),
  };
}

/** Where postings or entitlements are not what the copy kept here comes to. */
async function driftOfConsequences(kit: Kit, row: ObjectRow): Promise<DriftInit[]> {
  return row.kind === "payment" ? driftOfPayment(kit, row) : driftOfSubscription(kit, row);
}

async function driftOfPayment(kit: Kit, row: ObjectRow): Promise<DriftInit[]> {
  const db = kit.store.as<PaymentTables>();
  const payment = readPayment(row);
  const product = await productOf(db, payment.productId);
  const { kept } = termsOf(payment, await refundsOf(db, [payment.ref]));
  const due = dueMoney(payment, product, kept);
  const subject = subjectOf(row.provider, row.ref);
  const drifts: DriftInit[] = [];
  const compare = async (code: string, account: string, amount: number) => {
    const { amount: posted } = await postedAbout(db, kit.service, subject, code, account);
    if (posted !== amount)
      drifts.push({
        kind: "posting",
        ref: row.ref,
        ours: `${posted} ${code} on ${account}`,
        theirs: `${amount} ${code}`,
      });
  };
  await compare(payment.currency, systemAccount("sales", payment.currency), due.fiat);
  const [token] = kit.part(book).currencies.tokens;
  if (token !== undefined && hasTokens(payment.playerId))
    await compare(token.code, playerAccount(payment.playerId, token.code), due.tokens);
  if (product === undefined || payment.subscriptionRef !== "") return drifts;
  const gone = Math.max(0, payment.refunded - kept);
  return [...drifts, ...(await driftOfEntitlement(kit, row, entitledByPayment(payment, product, gone)))];
}

async function driftOfSubscription(kit: Kit, row: ObjectRow): Promise<DriftInit[]> {
  const db = kit.store.as<PaymentTables>();
  const subscription = readSubscription(row);
  const product = await productOf(db, subscription.productId);
  if (product === undefined)
    return [
      { kind: row.kind, ref: row.ref, ours: `no product ${subscription.productId}`, theirs: "paid for" },
    ];
  const payments = await paymentsOf(db, row.provider, row.ref);
  const { graceDays } = kit.config as Config;
  const { fetched_ms: fetchedMs } = row;
  const cutMs = await cutBy(db, payments);
  const due = entitledBySubscription({ subscription, payments, product, fetchedMs, cutMs, graceDays });
  return driftOfEntitlement(kit, row, due);
}

async function driftOfEntitlement(
  kit: Kit,
  { provider, ref }: ObjectRow,
  due: Entitled | undefined,
): Promise<DriftInit[]> {
  const id = entitlementId(provider, ref);
  const row = await kit.store
    .as<PaymentTables>()
    .selectFrom("entitlement")
    .select("body")
    .where("id", "=", id)
    .executeTakeFirst();
  const kept = row && Entitlement.decode(row.body);
  if (isAsDue(kept, due)) return [];
  const say = (of: Pick<Entitlement, "key" | "state" | "untilMs"> | undefined) =>
    of === undefined ? "nothing" : `${of.key}, state ${of.state}, until ${of.untilMs}`;
  return [{ kind: "entitlement", ref: id, ours: say(kept), theirs: say(due) }];
}
