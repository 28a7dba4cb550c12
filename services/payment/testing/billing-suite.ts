import {
  BillingService,
  type ProductInit,
  ProductKind,
  CheckoutStatus,
  CouponDuration,
  EntitlementChanged,
  EntitlementReason,
  EntitlementState,
  LocalAct,
  type PaymentInit,
  ReceiptStatus,
  RefundIssued,
  RefundReason,
  SubscriptionStatus,
  Tier,
} from "@orrery/schema/payment/v1";
import { seededNumbers } from "@orrery/bus";
import { errorCodeOf } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OrreryError } from "@orrery/wire";
import { sweep } from "../billing/sweep.ts";
import { paymentErrors } from "../errors.ts";
import { signed } from "../hooks/signature.ts";
import type { Provider } from "../providers/provider.ts";
import type { PaymentTables } from "../tables.ts";
import { till as tillPart } from "../till.ts";
import type { PlayedTill } from "./played.ts";
import type { TestTill } from "./till.ts";

const refused = (code: string) => (error: unknown) => errorCodeOf(error) === code;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTH_MS = 30 * DAY_MS;

/** @param start the service with a provider, and how that is played */
export function billingSuite(name: string, start: () => Promise<PlayedTill>): void {
  describe(`the till on ${name}`, () => {
    let till: TestTill;
    let played: PlayedTill;
    beforeAll(async () => {
      played = await start();
      ({ till } = played);
    });
    afterAll(() => played.stop());
    let number = 0;
    const key = () => `bill-${name}-${String(++number).padStart(6, "0")}`;
    const player = () => `player:b${++number}`;
    const own = (id: string) => till.client(BillingService, { role: "player", id });
    const open = async (
      playerId: string,
      productId: string,
      over: { coupon?: string; currency?: string } = {},
    ) =>
      (await own(playerId).createCheckout({ idempotencyKey: key(), productId, worldId: "w", ...over }))
        .checkout;
    const act = (what: LocalAct, ref: string) => played.act(what, ref);
    const tierOf = async (playerId: string) => (await till.billing.getEntitlements({ playerId })).tier;
    const payments = async (playerId: string) => (await till.billing.listPayments({ playerId })).payments;
    const subscription = async (playerId: string) =>
      (await till.billing.listSubscriptions({ playerId })).subscriptions[0];
    const tokens = async (playerId: string) =>
      (await till.wallet.getBalances({ worldId: "platform", playerId })).accounts[0]?.balance;
    const changes = (playerId: string) =>
      till.events(EntitlementChanged).filter((event) => event.playerId === playerId);
    const noDrift = async () => {
      // What was told last may still be worked through; nothing is mended here.
      let drifts: unknown[] = [];
      await till
        .until(async () => {
          ({ drifts } = await till.billing.reconcile({ idempotencyKey: key(), all: true }));
          return drifts.length === 0;
        })
        .catch(() => expect(drifts).toEqual([]));
    };
    /** All that the provider told so far is worked through. */
    const heard = () =>
      till.until(async () => {
        if (!played.isQuiet()) return false;
        const { receipts } = await till.billing.listReceipts({ status: ReceiptStatus.RECEIVED });
        return receipts.length === 0;
      });
    async function buy(playerId: string, productId: string, over = {}): Promise<string> {
      const checkout = await open(playerId, productId, over);
      await act(LocalAct.PAY, checkout?.ref ?? "");
      await till.until(async () => (await payments(playerId)).length > 0);
      return (await payments(playerId))[0]?.ref ?? "";
    }
    async function move(ms: number): Promise<void> {
      await played.move(ms);
      await till.kit.part(sweep).sweep();
    }

    it("takes a checkout to premium, and tells it once", async () => {
      const who = player();
      const idempotencyKey = key();
      const request = { idempotencyKey, productId: "premium-month", worldId: "w" };
      const [first, again] = [await own(who).createCheckout(request), await own(who).createCheckout(request)];
      expect(again.checkout?.url).toBe(first.checkout?.url);
      expect(first.checkout).toMatchObject({ amount: 799, currency: "eur", status: CheckoutStatus.OPEN });
      expect(await tierOf(who)).toBe(Tier.FREE);
      await act(LocalAct.PAY, first.checkout?.ref ?? "");
      await till.until(async () => (await tierOf(who)) === Tier.PREMIUM);
      await till.until(() => changes(who).length > 0);
      expect(changes(who).map(({ state, reason, revision }) => [state, reason, revision])).toEqual([
        [EntitlementState.ACTIVE, EntitlementReason.PAID, 1],
      ]);
      await expect(open(who, "patron-month")).rejects.toSatisfy(refused("PAYMENT_ALREADY_OWNED"));
      await noDrift();
    });

    it("renews, gives grace to a failed card, and ends on day 7", async () => {
      const who = player();
      await buy(who, "premium-month");
      for (let month = 0; month < 3; month++) {
        await move(MONTH_MS);
        await till.until(async () => (await payments(who)).length === month + 2);
        expect(await tierOf(who)).toBe(Tier.PREMIUM);
      }
      const ref = (await subscription(who))?.ref ?? "";
      await act(LocalAct.BREAK_CARD, ref);
      await move(MONTH_MS);
      await till.until(async () => (await subscription(who))?.status === SubscriptionStatus.PAST_DUE);
      expect((await till.billing.getEntitlements({ playerId: who })).entitlements[0]?.state).toBe(
        EntitlementState.GRACE,
      );
      expect(await tierOf(who)).toBe(Tier.PREMIUM);
      await move(7 * DAY_MS - 3_600_000);
      expect(await tierOf(who)).toBe(Tier.PREMIUM);
      await move(2 * 3_600_000);
      await till.until(async () => (await tierOf(who)) === Tier.FREE);
      expect((await subscription(who))?.status).toBe(SubscriptionStatus.CANCELED);
      await noDrift();
    });

    it("goes on where the card works again within the grace", async () => {
      const who = player();
      await buy(who, "patron-month");
      const ref = (await subscription(who))?.ref ?? "";
      await act(LocalAct.BREAK_CARD, ref);
      await move(MONTH_MS);
      await till.until(async () => (await subscription(who))?.status === SubscriptionStatus.PAST_DUE);
      await act(LocalAct.MEND_CARD, ref);
      await move(2 * DAY_MS);
      await till.until(async () => (await subscription(who))?.status === SubscriptionStatus.ACTIVE);
      await till.until(async () => (await tierOf(who)) === Tier.PATRON);
      await noDrift();
    });

    it("grants nothing for a payment that is not settled, and all of it once it is", async () => {
      const who = player();
      const checkout = await open(who, "tokens-500");
      await act(LocalAct.PAY_LATER, checkout?.ref ?? "");
      await till.until(async () => (await payments(who)).length === 1);
      expect(await tokens(who)).toBe(0);
      await act(LocalAct.SETTLE, (await payments(who))[0]?.ref ?? "");
      await till.until(async () => (await tokens(who)) === 500);
      await noDrift();
    });

    it("grants nothing for a checkout that was declined, left, or failed afterwards", async () => {
      const who = player();
      const [one, two] = [await open(who, "tokens-500"), await open(who, "tokens-500")];
      await act(LocalAct.DECLINE, one?.ref ?? "");
      await act(LocalAct.ABANDON, one?.ref ?? "");
      await expect(act(LocalAct.PAY, one?.ref ?? "")).rejects.toSatisfy(refused("PAYMENT_PROVIDER_REFUSED"));
      await act(LocalAct.PAY_LATER, two?.ref ?? "");
      await till.until(async () => (await payments(who)).length === 1);
      await act(LocalAct.FAIL, (await payments(who))[0]?.ref ?? "");
      await till.until(
        async () =>
          (await own(who).getCheckout({ checkoutId: one?.checkoutId ?? "" })).checkout?.status ===
          CheckoutStatus.EXPIRED,
      );
      expect(await tokens(who)).toBe(0);
      await noDrift();
    });

    it("takes tokens back with a refund, in proportion, and below 0 where they were spent", async () => {
      const who = player();
      const paymentRef = await buy(who, "tokens-500");
      await till.until(async () => (await tokens(who)) === 500);
      await till.wallet.transfer({
        ...{ worldId: "platform", idempotencyKey: key(), currency: "token" },
        legs: [
          { accountId: `${who}/token`, amount: -400 },
          { accountId: "system:sink/token", amount: 400 },
        ],
      });
      const request = { idempotencyKey: key(), paymentRef, amount: 100, reason: RefundReason.REQUEST };
      await till.billing.refund(request);
      const again = await till.billing.refund(request);
      expect(again.payment?.refunded).toBe(100);
      // floor(500 × 100 / 499) = 100 of them.
      expect(await tokens(who)).toBe(0);
      await till.billing.refund({ idempotencyKey: key(), paymentRef });
      expect(await tokens(who)).toBe(-400);
      await expect(till.billing.refund({ idempotencyKey: key(), paymentRef })).rejects.toSatisfy(
        refused("PAYMENT_AMOUNT_RANGE"),
      );
      const told = till.events(RefundIssued).filter(({ playerId }) => playerId === who);
      expect(told.map(({ amount, remaining }) => [amount, remaining])).toEqual([
        [100, 399],
        [399, 0],
      ]);
      const { supplies } = await till.operator.getSupply({ worldId: "platform" });
      expect(supplies[0]?.players).toBe((supplies[0]?.supply ?? 0) - (supplies[0]?.sink ?? 0));
      await noDrift();
    });

    it("lets a purchase be kept although the money goes back", async () => {
      const who = player();
      const paymentRef = await buy(who, "tokens-500");
      await till.until(async () => (await tokens(who)) === 500);
      await till.billing.refund({ idempotencyKey: key(), paymentRef, keep: true });
      expect(await tokens(who)).toBe(500);
      await noDrift();
    });

    it("ends a subscription at once with a refund that says so, and at its period's end with one that does not", async () => {
      const [one, other] = [player(), player()];
      const [now, later] = [await buy(one, "premium-month"), await buy(other, "premium-month")];
      await till.billing.refund({ idempotencyKey: key(), paymentRef: now, endNow: true });
      await till.billing.refund({ idempotencyKey: key(), paymentRef: later });
      expect([await tierOf(one), await tierOf(other)]).toEqual([Tier.FREE, Tier.PREMIUM]);
      await move(MONTH_MS + 2 * 3_600_000);
      await till.until(async () => (await tierOf(other)) === Tier.FREE);
      await noDrift();
    });

    it("takes all that is left for a dispute, nothing for a question, and gives it back when it is won", async () => {
      const who = player();
      const paymentRef = await buy(who, "tokens-500");
      await till.until(async () => (await tokens(who)) === 500);
      await till.billing.refund({ idempotencyKey: key(), paymentRef, amount: 200 });
      const left = 500 - Math.floor((500 * 200) / 499);
      expect(await tokens(who)).toBe(left);
      await act(LocalAct.INQUIRE, paymentRef);
      await till.until(async () => (await payments(who))[0]?.dispute === 2);
      expect(await tokens(who)).toBe(left);
      await act(LocalAct.DISPUTE, paymentRef);
      await till.until(async () => (await tokens(who)) === 0);
      await act(LocalAct.WIN_DISPUTE, paymentRef);
      await till.until(async () => (await tokens(who)) === left);
      await noDrift();
    });

    it("ends what a disputed period paid for, and renews it no more", async () => {
      const who = player();
      const paymentRef = await buy(who, "premium-month");
      await act(LocalAct.DISPUTE, paymentRef);
      await till.until(async () => (await tierOf(who)) === Tier.FREE);
      await till.until(async () => (await subscription(who))?.cancelAtPeriodEnd === true);
      await act(LocalAct.WIN_DISPUTE, paymentRef);
      await till.until(async () => (await tierOf(who)) === Tier.PREMIUM);
      await move(MONTH_MS + 2 * 3_600_000);
      await till.until(async () => (await tierOf(who)) === Tier.FREE);
      expect((await payments(who)).length).toBe(1);
      await noDrift();
    });

    it("never ends anything because the provider does not answer", async () => {
      const who = player();
      await buy(who, "premium-month");
      const { provider } = till.kit.part(tillPart);
      const asked = provider.subscription.bind(provider);
      Object.assign(provider, { subscription: () => Promise.reject(new Error("away")) });
      await move(MONTH_MS + 2 * 3_600_000);
      expect(await tierOf(who)).toBe(Tier.PREMIUM);
      Object.assign(provider, { subscription: asked });
    });

    it("lets a player cancel their own subscription alone", async () => {
      const [who, other] = [player(), player()];
      await buy(who, "premium-month");
      const subscriptionRef = (await subscription(who))?.ref ?? "";
      await expect(own(other).cancel({ idempotencyKey: key(), subscriptionRef })).rejects.toSatisfy(
        refused("PAYMENT_UNKNOWN_PAYMENT"),
      );
      const cancelled = await own(who).cancel({ idempotencyKey: key(), subscriptionRef });
      expect(cancelled.subscription?.cancelAtPeriodEnd).toBe(true);
      expect(await tierOf(who)).toBe(Tier.PREMIUM);
    });

    it("takes a coupon off for the months it names, and says which rule it breaks", async () => {
      const who = player();
      const code = `SPRING-${++number}`;
      await till.billing.createCoupon({
        idempotencyKey: key(),
        coupon: { code, percentOff: 20, duration: CouponDuration.REPEATING, months: 2, maxRedemptions: 1 },
      });
      await buy(who, "premium-month", { coupon: code });
      await expect(open(player(), "premium-month", { coupon: code })).rejects.toSatisfy(
        refused("PAYMENT_COUPON_INVALID"),
      );
      await move(MONTH_MS);
      await move(MONTH_MS);
      await till.until(async () => (await payments(who)).length === 3);
      // 20 % of 7.99 is 1.598: shown, and taken, as 1.60.
      expect((await payments(who)).map(({ amount }) => amount).sort()).toEqual([639, 639, 799]);
    });

    it("keeps what a product gives as it was sold: another is another product, a price may be any", async () => {
      const { products } = await till.billing.listProducts({});
      const pack = products.find(({ productId }) => productId === "tokens-500");
      const put = (over: object) =>
        till
          .client(BillingService, { role: "admin", id: "ada" })
          .putProduct({ idempotencyKey: key(), product: { ...pack, ...over } as ProductInit });
      for (const over of [{ tokens: 600 }, { kind: ProductKind.ONCE, entitlementKey: "pack.other" }])
        await expect(put(over)).rejects.toThrow(/PAYMENT_PRODUCT_INVALID.*tokens-500 was sold with/);
      await put({ title: "Five hundred tokens" });
      await put({ productId: "tokens-600", tokens: 600 });
      await noDrift();
    });

    it("keeps to a player's limit, which the player lowers and an operator raises", async () => {
      const who = player();
      const limit = { currency: "eur", playerId: who };
      await own(who).setSpendLimit({ ...limit, idempotencyKey: key(), amount: 900 });
      await expect(
        own(who).setSpendLimit({ ...limit, idempotencyKey: key(), amount: 901 }),
      ).rejects.toSatisfy(refused("PAYMENT_SPEND_LIMIT"));
      await buy(who, "tokens-500");
      await expect(open(who, "tokens-500")).rejects.toSatisfy(refused("PAYMENT_SPEND_LIMIT"));
      await till.billing.setSpendLimit({ ...limit, idempotencyKey: key(), amount: 1_000 });
      await open(who, "tokens-500");
    });

    it("asks for prices in their own exponent", async () => {
      const who = player();
      expect((await open(who, "tokens-500", { currency: "jpy" }))?.amount).toBe(800);
      expect((await open(who, "founder", { currency: "kwd" }))?.amount).toBe(8_250);
      await expect(open(who, "founder", { currency: "jpy" })).rejects.toSatisfy(
        refused("PAYMENT_UNKNOWN_PRODUCT"),
      );
    });

    it("lets an operator grant for a time", async () => {
      const who = player();
      const request = {
        idempotencyKey: key(),
        playerId: who,
        key: "tier.patron",
        days: 3,
        reason: "a prize",
      };
      await till.billing.grant(request);
      expect(await tierOf(who)).toBe(Tier.PATRON);
      till.later(3 * DAY_MS + 1);
      await till.kit.part(sweep).sweep();
      expect(await tierOf(who)).toBe(Tier.FREE);
    });

    it("answers 400 to a wrong signature and to a stale or early time, and 200 to any live secret", async () => {
      const { provider } = till.kit.part(tillPart);
      const [secret = ""] = provider.secrets();
      const body = Buffer.from(JSON.stringify({ id: `evt-${key()}`, type: "checkout.seen", object: {} }));
      const nowS = Math.floor(provider.nowMs() / 1_000);
      const send = async (secrets: readonly string[], atS: number) =>
        (
          await till.hooks.deliver({
            name: played.name,
            body,
            headers: [{ name: played.header, value: signed(secrets, atS, body) }],
          })
        ).status;
      expect(await send(["another"], nowS)).toBe(400);
      expect(await send([secret], nowS - 301)).toBe(400);
      expect(await send([secret], nowS + 366 * 86_400)).toBe(400);
      expect(await till.hooks.deliver({ name: played.name, body })).toMatchObject({ status: 400 });
      expect(await send(["an older one", secret], nowS - 290)).toBe(200);
      expect((await till.hooks.deliver({ name: "elsewhere", body })).status).toBe(404);
    });

    it("puts nobody in the place of a player who is erased, also when the provider names them again", async () => {
      const who = player();
      const ref = await buy(who, "founder");
      await heard();
      const checkout = await open(who, "tokens-500");
      await act(LocalAct.PAY, checkout?.ref ?? "");
      await till.until(async () => (await tokens(who)) === 500);
      await heard();
      const { redacted } = await till.billing.redactPlayer({ idempotencyKey: key(), playerId: who });
      expect(redacted).toBe(5);
      await till.kit.part(tillPart).refresher.refresh({ kind: "payment", ref });
      expect(await payments(who)).toEqual([]);
      expect((await till.billing.getEntitlements({ playerId: who })).entitlements).toEqual([]);
      await noDrift();
    });

    /** Lets the provider answer something otherwise, while `act` lasts. */
    async function answering(over: Partial<Provider>, act: () => Promise<void>): Promise<void> {
      const { provider } = till.kit.part(tillPart);
      const before = { ...provider };
      Object.assign(provider, over);
      await act().finally(() => Object.assign(provider, before));
    }
    const away = () => Promise.reject(new OrreryError(paymentErrors.PAYMENT_PROVIDER_AWAY));

    it("makes a refund that the provider was away for later, once, and asks for no more meanwhile", async () => {
      const who = player();
      const paymentRef = await buy(who, "tokens-500");
      await till.until(async () => (await tokens(who)) === 500);
      const request = { idempotencyKey: key(), paymentRef, amount: 300 };
      await answering({ refund: away }, async () => {
        await expect(till.billing.refund(request)).rejects.toSatisfy(refused("PAYMENT_PROVIDER_AWAY"));
        await expect(till.billing.refund({ idempotencyKey: key(), paymentRef, amount: 200 })).rejects.toThrow(
          /200 of 199 left, 300 are on their way back/,
        );
      });
      till.later(HOUR_MS);
      await till.kit.part(sweep).sweep();
      expect((await payments(who))[0]?.refunded).toBe(300);
      expect((await till.billing.refund(request)).payment?.refunded).toBe(300);
      await noDrift();
    });

    it("keeps and ends nothing for a refund that the provider refused", async () => {
      const who = player();
      const paymentRef = await buy(who, "tokens-500");
      await till.until(async () => (await tokens(who)) === 500);
      const refuses = () => Promise.reject(new OrreryError(paymentErrors.PAYMENT_PROVIDER_REFUSED));
      await answering({ refund: refuses }, async () => {
        const request = { idempotencyKey: key(), paymentRef, keep: true, endNow: true };
        for (let times = 0; times < 2; times++)
          await expect(till.billing.refund(request)).rejects.toSatisfy(refused("PAYMENT_PROVIDER_REFUSED"));
      });
      await till.billing.refund({ idempotencyKey: key(), paymentRef });
      expect(await tokens(who)).toBe(0);
      await noDrift();
    });

    it("leaves alone what came of no checkout here, whatever player it names", async () => {
      const who = player();
      const ref = await buy(player(), "tokens-500");
      const { provider, refresher } = till.kit.part(tillPart);
      const theirs = {
        ...((await provider.payment(ref)) as PaymentInit & { ref: string }),
        ...{ ref: `elsewhere-${who}`, playerId: who, checkoutId: "checkout-of-another-deployment" },
      };
      await answering({ payment: async () => theirs }, async () => {
        const about = { kind: "payment", ref: theirs.ref } as const;
        expect(await refresher.refresh(about)).toEqual({ isThere: true, changed: false });
      });
      expect([await payments(who), await tokens(who)]).toEqual([[], 0]);
      await noDrift();
    });

    it("counts nothing that others post under a payment's name", async () => {
      const who = player();
      const paymentRef = await buy(who, "tokens-500");
      await till.until(async () => (await tokens(who)) === 500);
      await till.wallet.transfer({
        ...{ worldId: "platform", idempotencyKey: key(), currency: "token" },
        subject: `${played.name}/${paymentRef}`,
        legs: [
          { accountId: `${who}/token`, amount: -400 },
          { accountId: "system:sink/token", amount: 400 },
        ],
      });
      await till.kit.part(tillPart).refresher.refresh({ kind: "payment", ref: paymentRef });
      expect(await tokens(who)).toBe(100);
      await noDrift();
    });

    it("charges a player who was erased no more, and sells them nothing", async () => {
      const who = player();
      await buy(who, "premium-month");
      const ref = (await subscription(who))?.ref ?? "";
      await heard();
      await answering({ cancel: away }, async () => {
        await expect(till.billing.redactPlayer({ idempotencyKey: key(), playerId: who })).rejects.toSatisfy(
          refused("PAYMENT_PROVIDER_AWAY"),
        );
      });
      await till.billing.redactPlayer({ idempotencyKey: key(), playerId: who });
      expect((await till.kit.part(tillPart).provider.subscription(ref))?.status).toBe(
        SubscriptionStatus.CANCELED,
      );
      await expect(open(who, "tokens-500")).rejects.toSatisfy(refused("PAYMENT_PLAYER_ERASED"));
      await noDrift();
    });

    it("gives what a coupon made free, for a purchase and for tokens", async () => {
      const who = player();
      const code = `GIFT-${++number}`;
      await till.billing.createCoupon({ idempotencyKey: key(), coupon: { code, percentOff: 100 } });
      for (const productId of ["founder", "tokens-500"])
        await act(LocalAct.PAY, (await open(who, productId, { coupon: code }))?.ref ?? "");
      await till.until(async () => (await tokens(who)) === 500);
      const { entitlements } = await till.billing.getEntitlements({ playerId: who });
      expect(entitlements.map(({ key: of, state }) => [of, state])).toEqual([
        ["pack.founder", EntitlementState.ACTIVE],
      ]);
      await noDrift();
    });

    it("lets a checkout that nobody can pay any more hold back no limit", async () => {
      const who = player();
      const limit = { currency: "eur", playerId: who };
      await own(who).setSpendLimit({ ...limit, idempotencyKey: key(), amount: 600 });
      const left = await open(who, "tokens-500");
      await expect(open(who, "tokens-500")).rejects.toSatisfy(refused("PAYMENT_SPEND_LIMIT"));
      till.later(2 * HOUR_MS);
      await till.kit.part(sweep).sweep();
      await open(who, "tokens-500");
      expect((await own(who).getCheckout({ checkoutId: left?.checkoutId ?? "" })).checkout?.status).toBe(
        CheckoutStatus.EXPIRED,
      );
    });

    it("follows the provider although the clock was set back", async () => {
      const who = player();
      const paymentRef = await buy(who, "tokens-500");
      await till.until(async () => (await tokens(who)) === 500);
      till.later(-DAY_MS);
      await act(LocalAct.DISPUTE, paymentRef);
      await till.kit.part(tillPart).refresher.refresh({ kind: "payment", ref: paymentRef });
      expect(await tokens(who)).toBe(0);
      till.later(DAY_MS);
    });

    it("comes to the same whatever the order of webhooks, and however often they come", async () => {
      const who = player();
      await buy(who, "premium-month");
      const ref = (await subscription(who))?.ref ?? "";
      await act(LocalAct.BREAK_CARD, ref);
      await move(MONTH_MS);
      await act(LocalAct.MEND_CARD, ref);
      await move(DAY_MS);
      const last = (await payments(who))[0]?.ref ?? "";
      await till.billing.refund({ idempotencyKey: key(), paymentRef: last, amount: 100 });
      await act(LocalAct.DISPUTE, last);
      await heard();
      const lasting = async () => {
        const { entitlements } = await till.billing.getEntitlements({ playerId: who });
        return entitlements.map((own) => ({ ...own, revision: 0 }));
      };
      const before = await lasting();
      const { receipts } = await till.billing.listReceipts({ pageSize: 500 });
      const supplies = async () => (await till.operator.getSupply({ worldId: "platform" })).supplies;
      const money = await supplies();
      const uniform = seededNumbers(11);
      for (let order = 0; order < 50; order++) {
        const some = [...receipts, ...receipts.slice(0, 3)]
          .map((receipt) => ({ receipt, at: uniform() }))
          .sort((one, other) => one.at - other.at);
        for (const { receipt } of some.slice(0, 6)) {
          const { eventId } = receipt;
          await till.billing.replayWebhook({ idempotencyKey: key(), provider: played.name, eventId });
        }
        expect(await lasting()).toEqual(before);
      }
      expect(await supplies()).toEqual(money);
    });

    it("finds planted drift in the copy, in what follows from it, and in the books, and mends what it may", async () => {
      const who = player();
      const paymentRef = await buy(who, "tokens-500");
      await till.until(async () => (await tokens(who)) === 500);
      await noDrift();
      await heard();
      const db = till.kit.store.as<PaymentTables>();
      await db.deleteFrom("provider_object").where("ref", "=", paymentRef).execute();
      const look = (apply: boolean) => till.billing.reconcile({ idempotencyKey: key(), all: true, apply });
      expect((await look(false)).drifts.map(({ kind, ref }) => [kind, ref])).toEqual([
        ["payment", paymentRef],
      ]);
      expect((await look(true)).driftCount).toBe(1);
      await noDrift();
      expect(await tokens(who)).toBe(500);
      const founder = player();
      const other = await buy(founder, "founder");
      await till.until(
        async () => (await till.billing.getEntitlements({ playerId: founder })).entitlements.length === 1,
      );
      await heard();
      await db.deleteFrom("entitlement").where("id", "=", `${played.name}:${other}`).execute();
      expect((await look(true)).drifts.map(({ kind }) => kind)).toEqual(["entitlement"]);
      await noDrift();
      await db.updateTable("account").set({ balance: 501 }).where("id", "=", `${who}/token`).execute();
      expect((await look(true)).drifts.map(({ kind }) => kind)).toEqual(["account"]);
      await db.updateTable("account").set({ balance: 500 }).where("id", "=", `${who}/token`).execute();
    });
  });
}
