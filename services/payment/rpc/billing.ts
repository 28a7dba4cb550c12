import {
  BillingService,
  CouponDuration,
  CreateCouponRequest,
  Coupon,
  DisableCouponRequest,
  Entitlement,
  EntitlementState,
  type GetEntitlementsRequest,
  type ListPaymentsRequest,
  type ListProductsRequest,
  type ListReceiptsRequest,
  type ListSubscriptionsRequest,
  Product,
  PutProductRequest,
  type ReconcileRequest,
  ReceiptStatus,
  type RedactPlayerRequest,
  type ReplayWebhookRequest,
  SetSpendLimitRequest,
  SetSpendLimitResponse,
  Tier,
} from "@orrery/schema/payment/v1";
import { type Call, callerName, pageAsked, serve, serviceErrors } from "@orrery/service";
import { encodeBytes, OrreryError } from "@orrery/wire";
import { cancel } from "../billing/cancel.ts";
import { checkoutOf, createCheckout } from "../billing/checkout.ts";
import { checkCoupon, couponOf, redeemed } from "../billing/coupon.ts";
import { grant } from "../billing/grant.ts";
import { productOf, readPayment, readSubscription } from "../billing/known.ts";
import { reconcile } from "../billing/reconcile.ts";
import { refund } from "../billing/refund.ts";
import { book } from "../book.ts";
import { checkProduct, checkStays } from "../catalogue/product.ts";
import { answeredName, answerOnce, commandOf } from "../commit/once.ts";
import { erase } from "../erase/hear.ts";
import { paymentErrors } from "../errors.ts";
import { hooks } from "../hooks/worker.ts";
import { checkPlayer } from "../ledger/account.ts";
import { FIAT_CODE } from "../money/exponents.ts";
import { COUPON, PRODUCT, SPEND_LIMIT } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";
import { till } from "../till.ts";

const tables = (call: Call) => call.kit.store.as<PaymentTables>();
const self = (playerId: string, { caller }: Call) => {
  const player = playerId === "" && caller.role === "player" ? caller.id : playerId;
  checkPlayer(player);
  return player;
};

async function listProducts(request: ListProductsRequest, call: Call) {
  const page = pageAsked(request, ["products"], ["text"]);
  const rows = await tables(call)
    .selectFrom("product")
    .selectAll()
    .where("id", ">=", page.place?.[0] ?? "")
    .orderBy("id")
    .limit(page.size + 1)
    .execute();
  const next = rows[page.size];
  return {
    products: rows.slice(0, page.size).map(({ body }) => Product.decode(body)),
    nextPageToken: page.next(next && [next.id]),
  };
}

async function putProduct(request: PutProductRequest, call: Call) {
  const product = Product.decode(encodeBytes(Product, request.product ?? {}));
  checkProduct(product);
  const command = commandOf("product", [callerName(call.caller)], PutProductRequest, request);
  return call.part(book).submit({
    worlds: [],
    reads: [answeredName(command)],
    run: (draft) =>
      answerOnce(draft, command, Product, async () => {
        checkStays(await productOf(draft.db, product.productId), product);
        draft.put(PRODUCT, { id: product.productId, body: encodeBytes(Product, product) });
        return product;
      }),
  });
}

async function createCoupon(request: CreateCouponRequest, call: Call) {
  const coupon = Coupon.decode(encodeBytes(Coupon, request.coupon ?? {})) as Coupon;
  if (coupon.duration === CouponDuration.UNSPECIFIED) coupon.duration = CouponDuration.ONCE;
  checkCoupon(coupon);
  const command = commandOf("coupon", [callerName(call.caller)], CreateCouponRequest, request);
  return call.part(book).submit({
    worlds: [],
    run: (draft) =>
      answerOnce(draft, command, Coupon, async () => {
        if ((await draft.get(COUPON, coupon.code)) !== undefined)
          throw new OrreryError(paymentErrors.PAYMENT_COUPON_INVALID, {
            given: `${coupon.code}: the code is taken`,
          });
        draft.put(COUPON, { code: coupon.code, body: encodeBytes(Coupon, coupon) });
        return coupon;
      }),
  });
}

async function disableCoupon(request: DisableCouponRequest, call: Call) {
  const command = commandOf("no-coupon", [callerName(call.caller)], DisableCouponRequest, request);
  const { code } = request;
  const used = await redeemed(tables(call), code);
  return call.part(book).submit({
    worlds: [],
    alone: true,
    run: (draft) =>
      answerOnce(draft, command, Coupon, async () => {
        const coupon = await couponOf(draft.db, code);
        if (coupon === undefined)
          throw new OrreryError(paymentErrors.PAYMENT_COUPON_INVALID, { given: `${code}: there is none` });
        const disabled = { ...coupon, disabled: true, redeemed: used };
        draft.put(COUPON, { code, body: encodeBytes(Coupon, { ...disabled, redeemed: 0 }) });
        return disabled;
      }),
  });
}

async function getEntitlements({ playerId }: GetEntitlementsRequest, call: Call) {
  const rows = await tables(call)
    .selectFrom("entitlement")
    .select("body")
    .where("player", "=", self(playerId, call))
    .orderBy("id")
    .execute();
  const entitlements = rows.map(({ body }) => Entitlement.decode(body) as Entitlement);
  const tiers = entitlements.filter(({ state }) => state !== EntitlementState.ENDED).map(({ tier }) => tier);
  return { entitlements, tier: Math.max(Tier.FREE, ...tiers) as Tier };
}

async function objectsOf(
  kind: "subscription" | "payment",
  request: ListPaymentsRequest | ListSubscriptionsRequest,
  call: Call,
) {
  const player = self(request.playerId, call);
  const page = pageAsked(request, [kind, player], ["number", "text"]);
  let query = tables(call)
    .selectFrom("provider_object")
    .selectAll()
    .where("player", "=", player)
    .where("kind", "=", kind)
    .orderBy("created_ms", "desc")
    .orderBy("ref")
    .limit(page.size + 1);
  const { place } = page;
  if (place !== undefined)
    query = query.where(({ or, and, eb }) =>
      or([
        eb("created_ms", "<", place[0]),
        and([eb("created_ms", "=", place[0]), eb("ref", ">=", place[1])]),
      ]),
    );
  const rows = await query.execute();
  const next = rows[page.size];
  return {
    rows: rows.slice(0, page.size),
    nextPageToken: page.next(next && [next.created_ms, next.ref]),
  };
}

async function listReceipts(request: ListReceiptsRequest, call: Call) {
  const { status } = request;
  const page = pageAsked(request, ["receipts", status], ["number", "text"]);
  let query = tables(call)
    .selectFrom("receipt")
    .selectAll()
    .orderBy("received_ms", "desc")
    .orderBy("event_id")
    .limit(page.size + 1);
  if (status !== ReceiptStatus.UNSPECIFIED) query = query.where("status", "=", status);
  const { place } = page;
  if (place !== undefined)
    query = query.where(({ or, and, eb }) =>
      or([
        eb("received_ms", "<", place[0]),
        and([eb("received_ms", "=", place[0]), eb("event_id", ">=", place[1])]),
      ]),
    );
  const rows = await query.execute();
  const next = rows[page.size];
  return {
    receipts: rows.slice(0, page.size).map((row) => ({
      provider: row.provider,
      eventId: row.event_id,
      type: row.type,
      status: row.status as ReceiptStatus,
      attempts: row.attempts,
      receivedMs: row.received_ms,
      problem: row.problem,
    })),
    nextPageToken: page.next(next && [next.received_ms, next.event_id]),
  };
}

async function replayWebhook({ provider, eventId }: ReplayWebhookRequest, call: Call) {
  const unknown = () =>
    new OrreryError(paymentErrors.PAYMENT_UNKNOWN_RECEIPT, { given: `${provider} ${eventId}` });
  if (provider !== call.part(till).provider.name) throw unknown();
  if (!(await call.part(hooks).replay(eventId))) throw unknown();
  const row = await tables(call)
    .selectFrom("receipt")
    .selectAll()
    .where("provider", "=", provider)
    .where("event_id", "=", eventId)
    .executeTakeFirstOrThrow();
  const { type, status, attempts, received_ms: receivedMs, problem } = row;
  return {
    receipt: { provider, eventId, type, status: status as ReceiptStatus, attempts, receivedMs, problem },
  };
}

async function setSpendLimit(request: SetSpendLimitRequest, call: Call) {
  const playerId = self(request.playerId, call);
  const { currency, amount } = request;
  if (!FIAT_CODE.test(currency) || !Number.isSafeInteger(amount) || amount < 0)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `${amount} ${currency}` });
  const command = commandOf("limit", [callerName(call.caller)], SetSpendLimitRequest, request);
  const lowersOnly = call.caller.role === "player";
  return call.part(book).submit({
    worlds: [],
    run: (draft) =>
      answerOnce(draft, command, SetSpendLimitResponse, async () => {
        const known = await draft.get(SPEND_LIMIT, playerId, currency);
        if (lowersOnly && known !== undefined && amount > known.amount)
          throw new OrreryError(paymentErrors.PAYMENT_SPEND_LIMIT, {
            given: `it stands at ${known.amount}, and is raised by an operator alone`,
          });
        draft.put(SPEND_LIMIT, { player: playerId, currency, amount });
        return { amount };
      }),
  });
}

async function redactPlayer({ playerId }: RedactPlayerRequest, call: Call) {
  checkPlayer(playerId);
  return { redacted: await erase(call.kit, playerId) };
}

export const billing = serve(BillingService, {
  listProducts,
  createCheckout: async (request, call) => ({ checkout: await createCheckout(request, call) }),
  async getCheckout({ playerId, checkoutId }, call) {
    const checkout = await checkoutOf(call, checkoutId);
    if (checkout.playerId !== self(playerId, call))
      throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_PAYMENT, { given: checkoutId });
    return { checkout };
  },
  portalLink: async ({ playerId }, call) => ({
    url: await call.part(till).provider.portalLink(self(playerId, call)),
  }),
  cancel: async (request, call) => ({ subscription: await cancel(request, call) }),
  getEntitlements,
  async listSubscriptions(request, call) {
    const { rows, nextPageToken } = await objectsOf("subscription", request, call);
    return { subscriptions: rows.map(readSubscription), nextPageToken };
  },
  async listPayments(request, call) {
    const { rows, nextPageToken } = await objectsOf("payment", request, call);
    return { payments: rows.map(readPayment), nextPageToken };
  },
  refund,
  grant: async (request, call) => ({ entitlement: await grant(request, call) }),
  createCoupon: async (request, call) => ({ coupon: await createCoupon(request, call) }),
  disableCoupon: async (request, call) => ({ coupon: await disableCoupon(request, call) }),
  putProduct: async (request, call) => ({ product: await putProduct(request, call) }),
  listReceipts,
  replayWebhook,
  async reconcile({ apply, all }: ReconcileRequest, call) {
    const found = await reconcile(call.kit, { apply, all });
    return { ...found, drifts: [...found.drifts] };
  },
  redactPlayer,
  setSpendLimit,
});
