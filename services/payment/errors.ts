import { defineErrors } from "@orrery/wire";

export const paymentErrors = defineErrors({
  PAYMENT_INSUFFICIENT_FUNDS: {
    status: "failed_precondition",
    summary: "The account has less available than is needed",
    todo: "What is available and what is needed stand in the message; nothing was moved",
  },
  PAYMENT_AMOUNT_RANGE: {
    status: "out_of_range",
    summary: "The amount is not one that can be moved",
    todo: "Give whole minor units over 0, within the currency's limits",
  },
  PAYMENT_UNBALANCED: {
    status: "invalid_argument",
    summary: "The legs of the transaction do not come to 0",
    todo: "Give 2..16 legs of different accounts in one currency whose sum is 0",
  },
  PAYMENT_UNKNOWN_ACCOUNT: {
    status: "not_found",
    summary: "There is no such account",
    todo: "Accounts are `<player id>/<currency>` or `system:mint`, `system:sink`, `system:market` of a currency; a player's begins with the first money that comes in",
  },
  PAYMENT_UNKNOWN_CURRENCY: {
    status: "not_found",
    summary: "There is no such currency in this world",
    todo: "ListCurrencies names those there are; tokens and real money are kept in the world `platform`",
  },
  PAYMENT_UNKNOWN_WORLD: {
    status: "not_found",
    summary: "No money is kept for this world",
    todo: "Check its id; a world that was just made is known within a second, and one that has ended keeps none",
  },
  PAYMENT_UNKNOWN_TRANSACTION: {
    status: "not_found",
    summary: "There is no such transaction",
    todo: "Check world and id",
  },
  PAYMENT_UNKNOWN_HOLD: {
    status: "not_found",
    summary: "There is no such hold",
    todo: "Check world and id",
  },
  PAYMENT_ACCOUNT_FROZEN: {
    status: "failed_precondition",
    summary: "The account gives no money at present, or is closed",
    todo: "An operator opens it again with Freeze",
  },
  PAYMENT_ACCOUNT_IN_USE: {
    status: "failed_precondition",
    summary: "An account that holds money cannot be closed",
    todo: "Move what is on it and end its holds first",
  },
  PAYMENT_BALANCE_RANGE: {
    status: "failed_precondition",
    summary: "The account would hold more than its currency allows",
    todo: "Spend some of it first; ListCurrencies has the limit",
  },
  PAYMENT_HOLD_LIMIT: {
    status: "resource_exhausted",
    summary: "The account has 20 active holds already",
    todo: "Capture or release one first",
  },
  PAYMENT_HOLD_EXPIRED: {
    status: "failed_precondition",
    summary: "The hold has expired",
    todo: "Nothing was captured; hold again, and undo what was given for it",
  },
  PAYMENT_HOLD_ENDED: {
    status: "failed_precondition",
    summary: "The hold was captured or released already",
    todo: "GetHold tells what became of it; nothing was changed",
  },
  PAYMENT_ALREADY_REVERSED: {
    status: "failed_precondition",
    summary: "More would be reversed than was moved",
    todo: "GetTransaction tells how much is left",
  },
  PAYMENT_REASON_MISSING: {
    status: "invalid_argument",
    summary: "The correction says no reason",
    todo: "Say in `reason` why it is made; it stays in the books",
  },
  PAYMENT_UNKNOWN_PRODUCT: {
    status: "not_found",
    summary: "There is no such product for sale",
    todo: "ListProducts names those there are, and the currencies that each has a price in",
  },
  PAYMENT_PRODUCT_INVALID: {
    status: "invalid_argument",
    summary: "The product cannot be sold as it is described",
    todo: "Correct the field named in the message",
  },
  PAYMENT_ALREADY_OWNED: {
    status: "failed_precondition",
    summary: "The player has this already",
    todo: "GetEntitlements tells what holds; cancel a subscription before another one is begun",
  },
  PAYMENT_COUPON_INVALID: {
    status: "failed_precondition",
    summary: "The coupon does not hold for this purchase",
    todo: "The rule that it breaks stands in the message; buy without it or use another",
  },
  PAYMENT_SPEND_LIMIT: {
    status: "failed_precondition",
    summary: "The player's limit of this month would be passed",
    todo: "Wait for the next month, or let an operator raise the limit",
  },
  PAYMENT_PROVIDER_DISABLED: {
    status: "failed_precondition",
    summary: "No real money is taken here",
    todo: "Set PAYMENT_PROVIDER and all that it needs; in a forked world none is ever taken",
  },
  PAYMENT_PROVIDER_INCOMPLETE: {
    status: "failed_precondition",
    summary: "The payment provider is configured by halves",
    todo: "Set all of the settings named in the message, or none of them",
  },
  PAYMENT_PROVIDER_AWAY: {
    status: "unavailable",
    summary: "The payment provider does not answer, or refuses the call",
    todo: "Repeat the call with the same key in a moment; wallets go on meanwhile",
    retryable: true,
  },
  PAYMENT_PROVIDER_REFUSED: {
    status: "failed_precondition",
    summary: "The payment provider cannot do that",
    todo: "What it says stands in the message",
  },
  PAYMENT_PLAYER_ERASED: {
    status: "failed_precondition",
    summary: "The player was erased: nothing is sold to nobody",
    todo: "Buy under a new player id",
  },
  PAYMENT_UNKNOWN_PAYMENT: {
    status: "not_found",
    summary: "There is no such payment, subscription or checkout",
    todo: "ListPayments and ListSubscriptions name those of a player",
  },
  PAYMENT_UNKNOWN_RECEIPT: {
    status: "not_found",
    summary: "No such webhook was received",
    todo: "ListReceipts names those there are",
  },
  PAYMENT_SIGNATURE: {
    status: "invalid_argument",
    summary: "The webhook is not signed by the provider, or its time is more than 300 s off",
    todo: "Compare the endpoint's secret with the provider's, and the clock of this host with the time of day",
  },
  PAYMENT_HOOK_UNREADABLE: {
    status: "invalid_argument",
    summary: "The webhook is signed but cannot be read",
    todo: "Compare the version of the provider's API with the one that is pinned here",
  },
  PAYMENT_BUSY: {
    status: "unavailable",
    summary: "More calls wait than can be done in time",
    todo: "Repeat the call, with the same key, after retry_after_ms",
    retryable: true,
  },
  PAYMENT_STORE_AWAY: {
    status: "unavailable",
    summary: "The database does not answer: it is not known whether anything was written",
    todo: "Repeat the call, with the same key, in a moment",
    retryable: true,
  },
});
