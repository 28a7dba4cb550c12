import { Payment, RefundReason, RefundRequest, type RefundResponse } from "@orrery/schema/payment/v1";
import { type Call, callerName } from "@orrery/service";
import { encodeBytes, type InitOf, OrreryError } from "@orrery/wire";
import { book } from "../book.ts";
import { answerOnce, commandOf, idOf } from "../commit/once.ts";
import { paymentErrors } from "../errors.ts";
import { REFUND } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";
import { till } from "../till.ts";
import { isTaken } from "./entitled.ts";
import { objectOf, readPayment } from "./known.ts";
import { pursue } from "./pursue.ts";
import { RefundState, refundsOf, termsOf } from "./refund-terms.ts";

/** Until somebody else asks in the place of the call that decided it. */
const LEFT_MS = 60_000;

/**
 * Gives money back. What is decided is written first: how much, whether the purchase is kept, whether its subscription
 * ends at once. Then the provider is asked, until it is known what came of it, and what follows is what it says.
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
        const { onItsWay } = termsOf(payment, await refundsOf(draft.db, [paymentRef]));
        const left = isTaken(payment) ? 0 : payment.amount - payment.refunded - onItsWay;
        const amount = request.amount || left;
        if (!Number.isSafeInteger(amount) || amount < 1 || amount > left)
          throw new OrreryError(paymentErrors.PAYMENT_AMOUNT_RANGE, {
            given: `${amount} of ${left} left${onItsWay > 0 ? `, ${onItsWay} are on their way back` : ""}`,
          });
        draft.put(REFUND, {
          id: refundId,
          payment: paymentRef,
          amount,
          keep: Number(request.keep),
          reason: request.reason || RefundReason.REQUEST,
          at_ms: draft.nowMs,
          end_ms: endNow ? Math.floor(provider.nowMs()) : 0,
          state: RefundState.ASKED,
          attempts: 0,
          next_ms: draft.nowMs + LEFT_MS,
        });
        return payment;
      }),
  });
  await pursue(call.kit, refundId);
  const db = call.kit.store.as<PaymentTables>();
  const row = await objectOf(db, provider.name, "payment", request.paymentRef);
  return { refundId, payment: row ? readPayment(row) : Payment.decode(encodeBytes(Payment, decided)) };
}
