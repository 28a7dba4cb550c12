import { Payment, RefundReason, RefundRequest, type RefundResponse } from "@orrery/schema/payment/v1";
import { type Call, callerName } from "@orrery/service";
import { encodeBytes, type InitOf, isError, OrreryError } from "@orrery/wire";
import { book } from "../book.ts";
import type { Job } from "../commit/job.ts";
import { answerOnce, commandOf, idOf } from "../commit/once.ts";
import { paymentErrors } from "../errors.ts";
import { REFUND } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";
import { till } from "../till.ts";
import { isTaken } from "./entitled.ts";
import { objectOf, readPayment } from "./known.ts";

/**
 * Gives money back. What is decided is written first: how much, whether the purchase is kept, whether its subscription
 * ends at once. Then the provider is asked, under a key of ours, and what follows is what it says.
 */
export async function refund(request: RefundRequest, call: Call): Promise<InitOf<typeof RefundResponse>> {
  const { provider, refresher } = call.part(till);
  const command = commandOf("refund", [callerName(call.caller)], RefundRequest, request);
  const refundId = idOf("refund", command);
  // As much as is known to be left is asked for; so look first.
  await refresher.refresh({ kind: "payment", ref: request.paymentRef });
  const decided = await call.part(book).submit({
    worlds: [],
    alone: true,
    run: (draft) =>
      answerOnce(draft, command, Payment, async () => {
        const { paymentRef, endNow } = request;
        const row = await objectOf(draft.db, provider.name, "payment", paymentRef);
        if (row === undefined)
          throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_PAYMENT, { given: paymentRef });
        const payment = readPayment(row);
        const left = isTaken(payment) ? 0 : payment.amount - payment.refunded;
        const amount = request.amount || left;
        if (!Number.isSafeInteger(amount) || amount < 1 || amount > left)
          throw new OrreryError(paymentErrors.PAYMENT_AMOUNT_RANGE, { given: `${amount} of ${left} left` });
        draft.put(REFUND, {
          id: refundId,
          payment: paymentRef,
          amount,
          keep: Number(request.keep),
          reason: request.reason || RefundReason.REQUEST,
          at_ms: draft.nowMs,
          end_ms: endNow ? Math.floor(provider.nowMs()) : 0,
        });
        // What a repeat asks the provider for is what was decided here.
        return { ...payment, amount } as Payment;
      }),
  });
  const { amount = 0, subscriptionRef = "" } = decided;
  await provider.refund(request.paymentRef, amount, `orrery-${refundId}`).catch(async (error: unknown) => {
    if (isError(error, paymentErrors.PAYMENT_PROVIDER_REFUSED))
      await call.part(book).submit(forget(refundId));
    throw error;
  });
  if (subscriptionRef !== "") {
    await provider.cancel(subscriptionRef, request.endNow, `orrery-${refundId}-end`);
  }
  await refresher.refresh({ kind: "payment", ref: request.paymentRef });
  if (subscriptionRef !== "") await refresher.refresh({ kind: "subscription", ref: subscriptionRef });
  const row = await objectOf(
    call.kit.store.as<PaymentTables>(),
    provider.name,
    "payment",
    request.paymentRef,
  );
  return { refundId, payment: row ? readPayment(row) : Payment.decode(encodeBytes(Payment, decided)) };
}

/** What the provider refused never went back: nothing is kept or ends for it. */
const forget = (id: string): Job<void> => ({
  worlds: [],
  async run(draft) {
    const row = await draft.get(REFUND, id);
    if (row !== undefined) draft.put(REFUND, { ...row, keep: 0, end_ms: 0 });
  },
});
