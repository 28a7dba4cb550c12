import { randomUUID } from "node:crypto";
import { Argument, Command, Option } from "commander";
import {
  BillingService,
  CheckoutStatus,
  DisputeStatus,
  EntitlementState,
  LocalAct,
  LocalProviderService,
  PaymentStatus,
  ReceiptStatus,
  SubscriptionStatus,
} from "@orrery/schema/payment/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { duration, whole } from "../numbers.ts";
import { printRows, wordOf } from "../print.ts";

const PAGE = 500;
const when = (ms: number) => (ms === 0 ? "" : new Date(ms).toISOString());

const products = edgeCommand("products", "what is for sale").action(async (options: EdgeOptions) => {
  const { client } = await openEdge(options);
  const found = await client(BillingService).listProducts({ pageSize: PAGE });
  printRows(
    found.products.map(({ productId, title, prices, retired }) => ({
      product: productId,
      title,
      prices: prices.map(({ currency, amount }) => `${amount} ${currency}`).join(", "),
      sold: !retired,
    })),
    options.json,
  );
});

interface CheckoutOptions extends EdgeOptions {
  readonly currency?: string;
  readonly coupon?: string;
}

const checkout = edgeCommand("checkout", "begins a purchase for a player; prints where they pay")
  .argument("<player>", "`player:ada`")
  .argument("<product>", "as `orrery pay products` names it")
  .option("--currency <code>", "default that of the first price")
  .option("--coupon <code>", "takes off what it says")
  .action(async (playerId: string, productId: string, options: CheckoutOptions) => {
    const { client, world } = await openEdge(options);
    const { currency = "", coupon = "" } = options;
    const request = { idempotencyKey: randomUUID(), playerId, productId, currency, coupon, worldId: world };
    const { checkout: made } = await client(BillingService).createCheckout(request);
    if (made === undefined) return;
    const { checkoutId, status, amount, url, ref } = made;
    const row = {
      checkout: checkoutId,
      status: wordOf(CheckoutStatus, status),
      amount,
      currency: made.currency,
    };
    printRows([{ ...row, ref, url }], options.json);
  });

const player = edgeCommand("player", "subscriptions, payments and entitlements of a player")
  .argument("<player>", "`player:ada`")
  .action(async (playerId: string, options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const billing = client(BillingService);
    const { subscriptions } = await billing.listSubscriptions({ playerId, pageSize: PAGE });
    const { payments } = await billing.listPayments({ playerId, pageSize: PAGE });
    const { entitlements } = await billing.getEntitlements({ playerId });
    const rows = [
      ...subscriptions.map(({ ref, productId, status, periodEndMs }) => ({
        what: "subscription",
        ref,
        about: productId,
        state: wordOf(SubscriptionStatus, status),
        until: when(periodEndMs),
        amount: "",
      })),
      ...payments.map(({ ref, productId, status, dispute, amount, refunded, currency }) => ({
        what: "payment",
        ref,
        about: productId,
        state:
          dispute === DisputeStatus.NONE
            ? wordOf(PaymentStatus, status)
            : `dispute ${wordOf(DisputeStatus, dispute)}`,
        until: "",
        amount: `${amount} ${currency}${refunded > 0 ? `, ${refunded} back` : ""}`,
      })),
      ...entitlements.map(({ entitlementId, key, state, untilMs }) => ({
        what: "entitlement",
        ref: entitlementId,
        about: key,
        state: wordOf(EntitlementState, state),
        until: when(untilMs),
        amount: "",
      })),
    ];
    printRows(rows, options.json);
  });

interface RefundOptions extends EdgeOptions {
  readonly amount: number;
  readonly endNow?: boolean;
  readonly keep?: boolean;
}

const refund = edgeCommand("refund", "gives a payment back, whole or in part")
  .argument("<payment>", "as `orrery pay player` names it")
  .option("--amount <n>", "minor units; default all that is left", whole(1), 0)
  .option("--end-now", "its subscription ends at once, not at its period's end")
  .option("--keep", "what it bought stays the player's")
  .action(async (paymentRef: string, { amount, endNow = false, keep = false, ...options }: RefundOptions) => {
    const { client } = await openEdge(options);
    const request = { idempotencyKey: randomUUID(), paymentRef, amount, endNow, keep };
    const { payment, refundId } = await client(BillingService).refund(request);
    console.log(`${payment?.refunded} of ${payment?.amount} ${payment?.currency} are back (${refundId}).`);
  });

interface ReconcileOptions extends EdgeOptions {
  readonly apply?: boolean;
  readonly all?: boolean;
}

const reconcile = edgeCommand(
  "reconcile",
  "holds what is here against the provider; ends with 1 where they differ",
)
  .option("--apply", "repairs what it finds")
  .option("--all", "everything, in place of the last 3 days")
  .action(async ({ apply = false, all = false, ...options }: ReconcileOptions) => {
    const { client } = await openEdge(options);
    const request = { idempotencyKey: randomUUID(), apply, all };
    const { drifts, driftCount, lookedAt, repaired } = await client(BillingService).reconcile(request);
    if (drifts.length > 0)
      printRows(
        drifts.map(({ kind, ref, ours, theirs }) => ({ kind, ref, ours, theirs })),
        options.json,
      );
    if (!options.json) console.log(`${lookedAt} looked at, ${driftCount} differ, ${repaired} repaired.`);
    if (driftCount > repaired) process.exitCode = EXIT.fail;
  });

const receipts = edgeCommand("receipts", "webhooks as they came, newest first").action(
  async (options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const found = await client(BillingService).listReceipts({ pageSize: PAGE });
    printRows(
      found.receipts.map(({ eventId, type, status, attempts, receivedMs, problem }) => ({
        event: eventId,
        type,
        status: wordOf(ReceiptStatus, status),
        attempts,
        at: when(receivedMs),
        problem,
      })),
      options.json,
    );
  },
);

const ACTS = Object.keys(LocalAct)
  .filter((name) => name !== "UNSPECIFIED")
  .map((name) => name.toLowerCase().replaceAll("_", "-"));

const local = new Command("local").description("plays what a player, a bank and time would do");
local.addCommand(
  edgeCommand("act", "something happens to a checkout, a payment or a subscription")
    .addArgument(new Argument("<act>").choices(ACTS))
    .argument("<ref>", "as the provider names it")
    .action(async (word: string, ref: string, options: EdgeOptions) => {
      const { client } = await openEdge(options);
      const act = LocalAct[word.toUpperCase().replaceAll("-", "_") as keyof typeof LocalAct];
      await client(LocalProviderService).act({ idempotencyKey: randomUUID(), act, ref });
      console.log(`${ref}: ${word}.`);
    }),
);
local.addCommand(
  edgeCommand("move-clock", "lets time pass at the provider: renewals come as they would")
    .addOption(new Option("--by <time>", "like 30d").argParser(duration).makeOptionMandatory())
    .action(async (options: EdgeOptions & { by: number }) => {
      const { client } = await openEdge(options);
      const request = { idempotencyKey: randomUUID(), byMs: options.by * 1_000 };
      const { nowMs } = await client(LocalProviderService).moveClock(request);
      console.log(`It is ${when(nowMs)} there.`);
    }),
);

export const sales: readonly Command[] = [products, checkout, player, refund, reconcile, receipts, local];
