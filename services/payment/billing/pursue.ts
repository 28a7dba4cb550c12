import type { Kit } from "@orrery/service";
import { isError, OrreryError } from "@orrery/wire";
import { waitMs } from "../again.ts";
import { book } from "../book.ts";
import { paymentErrors } from "../errors.ts";
import { REFUND } from "../store/rows.ts";
import type { PaymentTables, RefundRow } from "../tables.ts";
import { till } from "../till.ts";
import { objectOf, readPayment } from "./known.ts";
import { RefundState } from "./refund-terms.ts";

const PAGE = 64;

/**
 * Asks the provider for a refund until it is known what came of it, and then looks at what it was about.
 * @throws PAYMENT_PROVIDER_REFUSED; PAYMENT_PROVIDER_AWAY, and it is asked again later
 */
export async function pursue(kit: Kit, id: string): Promise<void> {
  const { provider, refresher } = kit.part(till);
  const row = await rowOf(kit, id);
  if (row === undefined) return;
  const about = await objectOf(kit.store.as<PaymentTables>(), provider.name, "payment", row.payment);
  // Whoever took that payment is not here now: it is asked for when they are again.
  if (about === undefined) return;
  const parent = readPayment(about).subscriptionRef;
  if (row.state === RefundState.REFUSED)
    throw new OrreryError(paymentErrors.PAYMENT_PROVIDER_REFUSED, { given: `refund ${id} was refused` });
  if (row.state === RefundState.ASKED) {
    const attempts = row.attempts + 1;
    try {
      await provider.refund(row.payment, row.amount, id);
      if (parent) await end(kit, parent, row);
      await settle(kit, id, { state: RefundState.DONE });
    } catch (error) {
      const isRefused = isError(error, paymentErrors.PAYMENT_PROVIDER_REFUSED);
      const again = { attempts, next_ms: kit.clock.now() + waitMs(attempts) };
      await settle(kit, id, isRefused ? { state: RefundState.REFUSED } : again);
      throw error;
    }
  }
  await refresher.refresh({ kind: "payment", ref: row.payment });
  if (parent) await refresher.refresh({ kind: "subscription", ref: parent });
}

/** The money is back already: a subscription that the provider does not let end is for somebody to look at. */
async function end(kit: Kit, ref: string, { id, end_ms: endMs }: RefundRow): Promise<void> {
  try {
    await kit.part(till).provider.cancel(ref, endMs > 0, `orrery-${id}-end`);
  } catch (error) {
    if (!isError(error, paymentErrors.PAYMENT_PROVIDER_REFUSED)) throw error;
    kit.log.error({ err: error, subscription: ref }, "a refunded subscription does not end");
  }
}

/** Those whose answer was lost, or that the provider was away for. */
export async function pursueDue(kit: Kit): Promise<void> {
  const due = await kit.store
    .as<PaymentTables>()
    .selectFrom("refund")
    .select("id")
    .where("state", "=", RefundState.ASKED)
    .where("next_ms", "<=", kit.clock.now())
    .orderBy("next_ms")
    .limit(PAGE)
    .execute();
  for (const { id } of due)
    await pursue(kit, id).catch((error: unknown) =>
      kit.log.warn({ err: error, refund: id }, "a refund did not go through yet"),
    );
}

const rowOf = (kit: Kit, id: string): Promise<RefundRow | undefined> =>
  kit.store.as<PaymentTables>().selectFrom("refund").selectAll().where("id", "=", id).executeTakeFirst();

const settle = (kit: Kit, id: string, over: Partial<RefundRow>): Promise<void> =>
  kit.part(book).submit({
    worlds: [],
    async run(draft) {
      const row = await draft.get(REFUND, id);
      if (row !== undefined && row.state === RefundState.ASKED) draft.put(REFUND, { ...row, ...over });
    },
  });
