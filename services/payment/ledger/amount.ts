import { OrreryError } from "@orrery/wire";
import { paymentErrors } from "../errors.ts";
import type { Currency } from "../money/currencies.ts";

/** @throws PAYMENT_AMOUNT_RANGE unless it is whole, over 0, and no more than the currency moves at once */
export function checkAmount(amount: number, { code, maxAmount }: Currency): void {
  if (Number.isSafeInteger(amount) && amount > 0 && amount <= maxAmount) return;
  throw new OrreryError(paymentErrors.PAYMENT_AMOUNT_RANGE, {
    given: `${amount} of ${code}, 1..${maxAmount}`,
  });
}
