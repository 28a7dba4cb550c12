import {
  Checkout,
  CheckoutStatus,
  CouponDuration,
  CreateCheckoutRequest,
  Entitlement,
  EntitlementSource,
  EntitlementState,
  type Product,
  ProductKind,
} from "@orrery/schema/payment/v1";
import { type Call, callerName, serviceErrors } from "@orrery/service";
import { encodeBytes, type MessageOf, OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { book } from "../book.ts";
import { priceOf } from "../catalogue/product.ts";
import type { Draft } from "../commit/draft.ts";
import { answerOnce, commandOf, idOf } from "../commit/once.ts";
import { asKnown, isNobody } from "../erase/nobody.ts";
import { paymentErrors } from "../errors.ts";
import { checkPlayer } from "../ledger/account.ts";
import type { CheckoutOrder, Discount } from "../providers/provider.ts";
import { CHECKOUT } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";
import { till } from "../till.ts";
import { couponOf, discountOf } from "./coupon.ts";
import { productOf } from "./known.ts";
import { checkSpend } from "./spend.ts";

/** Providers want half an hour at least, also of a page that is asked for again. */
const LIVES_MS = 60 * 60_000;

/**
 * Begins a checkout. It is written down first, then the provider is asked for a page under a key of ours: a call whose
 * answer was lost is repeated and gives the same page. What comes of it follows from the provider's payments alone.
 */
export async function createCheckout(request: CreateCheckoutRequest, call: Call): Promise<Checkout> {
  const { provider, on } = call.part(till);
  const playerId = request.playerId === "" ? call.caller.id : request.playerId;
  checkPlayer(playerId);
  if (request.promotionCodes && request.coupon !== "")
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: "either a coupon or promotion_codes",
    });
  if (!on || (await isFork(call, request.worldId)))
    throw new OrreryError(paymentErrors.PAYMENT_PROVIDER_DISABLED, {
      given: request.worldId || "no provider",
    });
  const own = { ...request, playerId };
  const command = commandOf("checkout", [callerName(call.caller)], CreateCheckoutRequest, own);
  const checkoutId = idOf("checkout", command);
  const written = await call.part(book).submit({
    worlds: [],
    alone: true,
    run: (draft) =>
      answerOnce(draft, command, Checkout, () =>
        begin(draft, { ...own, checkoutId, provider: provider.name, nowMs: provider.nowMs() }),
      ),
  });
  const asked = Checkout.decode(encodeBytes(Checkout, written)) as Checkout;
  const known = await checkoutOf(call, checkoutId);
  if (known.status !== CheckoutStatus.CREATED) return known;
  return openPage(call, asked);
}

async function isFork(call: Call, world: string): Promise<boolean> {
  const row = await tables(call)
    .selectFrom("world")
    .select("forked")
    .where("id", "=", world)
    .executeTakeFirst();
  return row?.forked === 1;
}

const tables = (call: Call): Kysely<PaymentTables> => call.kit.store.as<PaymentTables>();

interface Beginning extends Omit<CreateCheckoutRequest, "$typeName" | "$unknown"> {
  readonly checkoutId: string;
  readonly provider: string;
  readonly nowMs: number;
}

async function begin(draft: Draft, asked: Beginning): Promise<Checkout> {
  const { playerId, productId, checkoutId, coupon, nowMs } = asked;
  const { db } = draft;
  if (isNobody(playerId) || (await asKnown(db, playerId)) !== playerId)
    throw new OrreryError(paymentErrors.PAYMENT_PLAYER_ERASED, { given: playerId });
  const product = await productOf(db, productId);
  if (product === undefined)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_PRODUCT, { given: productId });
  const price = priceOf(product, asked.currency);
  if (await owns(db, playerId, product))
    throw new OrreryError(paymentErrors.PAYMENT_ALREADY_OWNED, { given: productId });
  const purchase = { playerId, productId, ...price };
  const discount = coupon === "" ? undefined : await discountOf(db, coupon, purchase, nowMs);
  const amount = price.amount - (discount?.amountOff ?? 0);
  await checkSpend(db, { playerId, currency: price.currency, amount }, draft.nowMs);
  const checkout = {
    ...{ checkoutId, playerId, productId, coupon, amount },
    currency: price.currency,
    status: CheckoutStatus.CREATED,
    url: "",
    expiresMs: Math.floor(nowMs + LIVES_MS),
    ref: "",
    promotionCodes: asked.promotionCodes,
  };
  draft.put(CHECKOUT, {
    id: checkoutId,
    player: playerId,
    product: productId,
    ...{ coupon, amount },
    status: checkout.status,
    provider: asked.provider,
    ref: "",
    currency: price.currency,
    created_ms: draft.nowMs,
    expires_ms: checkout.expiresMs,
    body: encodeBytes(Checkout, checkout),
  });
  return checkout as Checkout;
}

/** Whether it, or as much by a subscription, holds already. */
async function owns(db: Kysely<PaymentTables>, player: string, product: Product): Promise<boolean> {
  if (product.kind === ProductKind.PACK) return false;
  const rows = await db.selectFrom("entitlement").select("body").where("player", "=", player).execute();
  return rows
    .map(({ body }) => Entitlement.decode(body))
    .filter(({ state }) => state !== EntitlementState.ENDED)
    .some(({ key, source }) =>
      product.kind === ProductKind.ONCE
        ? key === product.entitlementKey
        : source === EntitlementSource.SUBSCRIPTION,
    );
}

/** @throws PAYMENT_UNKNOWN_PAYMENT */
export async function checkoutOf(call: Call, id: string): Promise<Checkout> {
  const row = await tables(call)
    .selectFrom("checkout")
    .select("body")
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_PAYMENT, { given: id });
  return Checkout.decode(row.body) as Checkout;
}

async function openPage(call: Call, checkout: Checkout): Promise<Checkout> {
  const { provider } = call.part(till);
  const order = await orderOf(call, checkout);
  const page = await provider.openCheckout(order, `orrery-${checkout.checkoutId}`);
  const open = { ...checkout, ...page, status: CheckoutStatus.OPEN } satisfies MessageOf<typeof Checkout>;
  await call.part(book).submit({
    worlds: [],
    async run(draft) {
      const row = await draft.get(CHECKOUT, checkout.checkoutId);
      // Somebody was faster, with the same page.
      if (row === undefined || row.status !== CheckoutStatus.CREATED) return;
      const body = encodeBytes(Checkout, open);
      draft.put(CHECKOUT, {
        ...row,
        ...{ status: open.status, ref: page.ref, expires_ms: page.expiresMs, body },
      });
    },
  });
  return open;
}

/** What the provider is told; the same again at a repeat, whatever has changed since. */
async function orderOf(call: Call, checkout: Checkout): Promise<CheckoutOrder> {
  const { checkoutId, playerId, productId, currency, amount, coupon, expiresMs } = checkout;
  const db = tables(call);
  const product = await productOf(db, productId);
  const asked = product?.prices.find((price) => price.currency === currency)?.amount ?? amount;
  const terms = coupon === "" ? undefined : await couponTerms(db, coupon, asked - amount);
  return {
    ...{ checkoutId, playerId, productId, currency, expiresMs },
    title: product?.title ?? productId,
    recurring: product?.kind === ProductKind.SUBSCRIPTION,
    amount: asked,
    providerRef: product?.providerRef ?? "",
    discount: terms,
    promotionCodes: checkout.promotionCodes,
  };
}

async function couponTerms(db: Kysely<PaymentTables>, code: string, amountOff: number): Promise<Discount> {
  const coupon = await couponOf(db, code);
  return {
    ...{ code, amountOff },
    duration: (coupon?.duration ?? CouponDuration.ONCE) as Discount["duration"],
    months: coupon?.months ?? 0,
  };
}
