import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { CheckoutStatus, CouponDuration, DisputeStatus, LocalAct } from "@orrery/schema/payment/v1";
import { OrreryError } from "@orrery/wire";
import { signed } from "../../../hooks/signature.ts";
import { createBank } from "../../local/bank.ts";
import { type BankState, newBankState } from "../../local/state.ts";
import type { CheckoutOrder, Discount, ObjectRef } from "../../provider.ts";
import { type Form, readForm, textAt } from "./form.ts";
import {
  showCheckout,
  showDisputes,
  showInvoice,
  showInvoicePayments,
  showPayment,
  showSubscription,
} from "./shown.ts";

/** Stands in for Stripe: a bank that remembers, behind as much of its API as is called, which signs as Stripe does. */
export interface StripeDouble {
  readonly url: string;
  act(act: LocalAct, ref: string): void;
  moveTo(ms: number): void;
  /** Takes the webhook that waits longest, signed for now; undefined: none waits. */
  next(): { readonly body: Uint8Array; readonly signature: string } | undefined;
  readonly waiting: number;
  /** A signature for now. */
  sign(body: Uint8Array): string;
  /** What it knows, for whoever judges. */
  readonly state: BankState;
  /** A day has passed: what was asked under which key is not known any more. */
  forgetKeys(): void;
  /** Answers nothing but 503 while it is. */
  away: boolean;
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

class NotFound extends Error {}

const isThrough = ({ status }: { readonly status: CheckoutStatus }) => status === CheckoutStatus.COMPLETED;

const DURATIONS: ReadonlyMap<string, CouponDuration> = new Map([
  ["once", CouponDuration.ONCE],
  ["repeating", CouponDuration.REPEATING],
  ["forever", CouponDuration.FOREVER],
]);

const EVENTS: Readonly<Record<ObjectRef["kind"], string>> = {
  checkout: "checkout.session.completed",
  subscription: "customer.subscription.updated",
  payment: "charge.updated",
};

export async function startDouble(nowMs: () => number, secret: string): Promise<StripeDouble> {
  const state = newBankState();
  const coupons = new Map<string, Discount & { id: string }>();
  const answers = new Map<string, { readonly asked: string; readonly answer: object }>();
  const refunds: { readonly payment_intent: string }[] = [];
  const hooks: object[] = [];
  const asked: string[] = [];
  let events = 0;
  const bank = createBank(state, nowMs, ({ kind, ref }) => {
    // Of what was free there is no payment.
    if (kind === "payment" && state.payments.get(ref)?.amount === 0) return;
    const object = kind === "payment" ? { payment_intent: ref } : { id: ref };
    hooks.push({ id: `evt_${++events}`, object: "event", type: EVENTS[kind], data: { object } });
  });
  const find = <T>(from: ReadonlyMap<string, T>, ref: string): T => {
    const found = from.get(ref);
    if (found === undefined) throw new NotFound(ref);
    return found;
  };
  const list = (data: readonly object[]) => ({ object: "list", data, has_more: false });

  function orderOf(form: Form): CheckoutOrder {
    const price = ["line_items", "0", "price_data"] as const;
    const coupon = textAt(form, "discounts", "0", "coupon");
    return {
      checkoutId: textAt(form, "metadata", "checkout_id"),
      playerId: textAt(form, "metadata", "player_id"),
      productId: textAt(form, "metadata", "product_id"),
      title: textAt(form, ...price, "product_data", "name"),
      recurring: textAt(form, "mode") === "subscription",
      currency: textAt(form, ...price, "currency"),
      amount: Number(textAt(form, ...price, "unit_amount")),
      providerRef: "",
      discount: coupon === "" ? undefined : find(coupons, coupon),
      promotionCodes: textAt(form, "allow_promotion_codes") === "true",
      expiresMs: Number(textAt(form, "expires_at")) * 1_000,
    };
  }

  function answer(what: string, form: Form, query: URLSearchParams, key: string): object {
    const [, , kind = "", id = "", more = ""] = what.split(" ")[1]?.split("/") ?? [];
    const verb = what.split(" ")[0];
    const target = `${verb} ${kind}${id === "" ? "" : "/:id"}${more === "" ? "" : `/${more}`}`;
    switch (target) {
      case "POST checkout/:id":
        return showCheckout(bank.openCheckout(orderOf(form), key));
      case `GET checkout/:id/${more}`:
        return showCheckout(find(state.checkouts, more));
      case "GET coupons/:id":
        return find(coupons, id);
      case "POST coupons": {
        const code = textAt(form, "id");
        const made = {
          id: code,
          code,
          amountOff: Number(textAt(form, "amount_off")),
          duration: DURATIONS.get(textAt(form, "duration")) ?? CouponDuration.ONCE,
          months: Number(textAt(form, "duration_in_months")),
        };
        coupons.set(code, made);
        return made;
      }
      case "GET subscriptions/:id":
        return showSubscription(find(state.subscriptions, id));
      case "GET subscriptions":
        return list([...state.subscriptions.values()].map(showSubscription));
      case "POST subscriptions/:id":
        bank.cancel(id, false, key);
        return showSubscription(find(state.subscriptions, id));
      case "DELETE subscriptions/:id":
        bank.cancel(id, true, key);
        return showSubscription(find(state.subscriptions, id));
      case "GET payment_intents/:id":
        return showPayment(find(state.payments, id));
      case "GET payment_intents":
        return list([...state.payments.values()].filter(({ amount }) => amount > 0).map(showPayment));
      case "GET disputes":
        return list(showDisputes(find(state.payments, query.get("payment_intent") ?? "")));
      case "GET invoice_payments": {
        const ref = query.get("payment[payment_intent]") ?? "";
        return list(showInvoicePayments(state, find(state.payments, ref)));
      }
      case "GET invoices": {
        const parent = find(state.subscriptions, query.get("subscription") ?? "");
        const invoice = showInvoice(parent);
        return list(invoice.status === query.get("status") ? [invoice] : []);
      }
      case "POST invoices/:id/void":
        return { id, status: "void" };
      case "GET refunds":
        return list(refunds.filter((own) => own.payment_intent === query.get("payment_intent")));
      case "POST refunds": {
        const [ref, amount] = [textAt(form, "payment_intent"), Number(textAt(form, "amount"))];
        bank.refund(ref, amount, key);
        const metadata = { refund_id: textAt(form, "metadata", "refund_id") };
        const made = { id: `re_${key}`, payment_intent: ref, status: "succeeded", metadata };
        refunds.push(made);
        return made;
      }
      case "GET checkout/:id":
        return list([...state.checkouts.values()].filter(isThrough).map(showCheckout));
      default:
        throw new NotFound(target);
    }
  }

  function reply(request: IncomingMessage, body: string): [status: number, answer: object] {
    const url = new URL(request.url ?? "", "http://double");
    const what = `${request.method} ${url.pathname}`;
    asked.push(what);
    if (double.away) return [503, { error: { type: "api_error", message: "away" } }];
    const key = String(request.headers["idempotency-key"] ?? "");
    const known = key === "" ? undefined : answers.get(key);
    if (known !== undefined)
      return known.asked === what + body
        ? [200, known.answer]
        : [400, { error: { type: "idempotency_error", message: "the key was used for something else" } }];
    try {
      const given = answer(what, readForm(body), url.searchParams, key);
      if (request.method === "POST" && key !== "") answers.set(key, { asked: what + body, answer: given });
      return [200, given];
    } catch (error) {
      if (error instanceof NotFound)
        return [
          404,
          { error: { type: "invalid_request_error", code: "resource_missing", message: error.message } },
        ];
      const message = error instanceof OrreryError ? (error.given ?? error.code) : String(error);
      return [400, { error: { type: "invalid_request_error", message } }];
    }
  }

  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const [status, given] = reply(request, Buffer.concat(pieces).toString());
      response.writeHead(status, { "content-type": "application/json", "stripe-should-retry": "false" });
      response.end(JSON.stringify(given));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const acts: ReadonlyMap<LocalAct, (ref: string) => void> = new Map([
    [LocalAct.PAY, (ref: string) => bank.pay(ref, true)],
    [LocalAct.PAY_LATER, (ref: string) => bank.pay(ref, false)],
    [LocalAct.DECLINE, (ref: string) => bank.decline(ref)],
    [LocalAct.ABANDON, (ref: string) => bank.abandon(ref)],
    [LocalAct.SETTLE, (ref: string) => bank.settle(ref, true)],
    [LocalAct.FAIL, (ref: string) => bank.settle(ref, false)],
    [LocalAct.INQUIRE, (ref: string) => bank.dispute(ref, DisputeStatus.INQUIRY)],
    [LocalAct.DISPUTE, (ref: string) => bank.dispute(ref, DisputeStatus.WITHDRAWN)],
    [LocalAct.WIN_DISPUTE, (ref: string) => bank.dispute(ref, DisputeStatus.WON)],
    [LocalAct.LOSE_DISPUTE, (ref: string) => bank.dispute(ref, DisputeStatus.LOST)],
    [LocalAct.BREAK_CARD, (ref: string) => bank.setCard(ref, false)],
    [LocalAct.MEND_CARD, (ref: string) => bank.setCard(ref, true)],
  ]);

  const sign = (body: Uint8Array) => signed([secret], Math.floor(nowMs() / 1_000), body);

  const double: StripeDouble = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    act: (act, ref) => acts.get(act)?.(ref),
    moveTo: (ms) => bank.moveTo(ms),
    next() {
      const event = hooks.shift();
      if (event === undefined) return undefined;
      const body = Buffer.from(JSON.stringify(event));
      return { body, signature: sign(body) };
    },
    sign,
    state,
    get waiting() {
      return hooks.length;
    },
    forgetKeys() {
      answers.clear();
      state.keys.clear();
    },
    away: false,
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return double;
}
