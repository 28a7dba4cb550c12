import { LocalAct, PaymentStatus } from "@orrery/schema/payment/v1";
import type { StripeDouble } from "@orrery/payment/double";
import type { Answered, Asked, KilledService } from "./calls.ts";

/** What a player did, as far as the provider does not know it. */
export interface Lived {
  readonly player: string;
  /** Tokens that went to shops, acknowledged. */
  spent: number;
  /** Of refunds that let the purchase be kept, by payment. */
  readonly kept: Map<string, number>;
  /** Subscriptions that an operator ended with a refund. */
  readonly cut: Set<string>;
  /** Answers that should not have been. */
  readonly faults: string[];
}

const EXPECTED: ReadonlySet<string> = new Set([
  "PAYMENT_INSUFFICIENT_FUNDS",
  "PAYMENT_UNKNOWN_ACCOUNT",
  "PAYMENT_ALREADY_OWNED",
  "PAYMENT_AMOUNT_RANGE",
  "PAYMENT_UNKNOWN_PAYMENT",
  "PAYMENT_PROVIDER_REFUSED",
  "PAYMENT_UNKNOWN_HOLD",
  "PAYMENT_HOLD_ENDED",
  "PAYMENT_HOLD_LIMIT",
]);
const PRODUCTS = ["tokens-500", "tokens-500", "founder", "premium-month", "patron-month"] as const;

export interface LifeTerms {
  readonly service: KilledService;
  readonly double: StripeDouble;
  readonly player: string;
  readonly uniform: () => number;
}

/** Some steps of a player, in a random order of everything that may be done. */
export async function live({ service, double, player, uniform }: LifeTerms): Promise<Lived> {
  const lived: Lived = { player, spent: 0, kept: new Map(), cut: new Set(), faults: [] };
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(uniform() * from.length)];
  let keys = 0;
  const key = () => `${player}-${String(++keys).padStart(4, "0")}`.slice(-64);
  const holds: string[] = [];
  let again = async () => {};

  async function ask<T>(of: Asked["of"], method: string, request: Asked["request"]): Promise<T | undefined> {
    const answered = await service.ask(of, method, request);
    const wrong = (other: Answered) => other.code !== undefined && !EXPECTED.has(other.code);
    if (wrong(answered)) lived.faults.push(`${method}: ${answered.said}`);
    // Whoever comes again with the same key hears the same, also over a kill.
    again = async () => {
      const second = await service.ask(of, method, request);
      const same = of !== "wallet" || JSON.stringify(second.answer) === JSON.stringify(answered.answer);
      if (second.code !== answered.code || (method === "transfer" && !same))
        lived.faults.push(`${method} again: ${JSON.stringify(second)} after ${JSON.stringify(answered)}`);
    };
    return answered.answer as T | undefined;
  }
  const act = (what: LocalAct, ref: string) => {
    try {
      double.act(what, ref);
    } catch {
      // It was not possible as things stand; so it is elsewhere.
    }
  };
  const own = <T extends { playerId: string }>(from: ReadonlyMap<string, T>) =>
    [...from.values()].filter(({ playerId }) => playerId === player);
  const payment = () => pick(own(double.state.payments));
  const subscription = () => pick(own(double.state.subscriptions));

  async function buy(): Promise<void> {
    const request = { idempotencyKey: key(), playerId: player, productId: pick(PRODUCTS), worldId: "w" };
    const made = await ask<{ checkout?: { ref: string } }>("billing", "createCheckout", request);
    const ref = made?.checkout?.ref ?? "";
    if (ref === "") return;
    const { PAY, PAY_LATER, DECLINE, ABANDON } = LocalAct;
    act(pick([PAY, PAY, PAY, PAY_LATER, DECLINE, ABANDON]) as LocalAct, ref);
  }

  async function refund(): Promise<void> {
    const found = payment();
    if (found === undefined || found.status !== PaymentStatus.SUCCEEDED) return;
    const left = found.amount - found.refunded;
    const amount = uniform() < 0.5 ? 0 : Math.ceil(uniform() * left);
    const [endNow, keep] = [uniform() < 0.4, uniform() < 0.3];
    const before = found.refunded;
    const request = { idempotencyKey: key(), paymentRef: found.ref, amount, endNow, keep };
    const done = await ask("billing", "refund", request);
    if (done === undefined) return;
    const back = found.refunded - before;
    if (keep) lived.kept.set(found.ref, (lived.kept.get(found.ref) ?? 0) + back);
    if (endNow && found.subscriptionRef !== "") lived.cut.add(found.subscriptionRef);
  }

  async function spend(): Promise<void> {
    const amount = 1 + Math.floor(uniform() * 120);
    const legs = [
      { accountId: `${player}/token`, amount: -amount },
      { accountId: "system:sink/token", amount },
    ];
    const request = { worldId: "platform", idempotencyKey: key(), currency: "token", legs };
    if ((await ask("wallet", "transfer", request)) !== undefined) lived.spent += amount;
  }

  async function hold(): Promise<void> {
    const request = { worldId: "platform", idempotencyKey: key(), accountId: `${player}/token`, amount: 10 };
    const done = await ask<{ hold?: { holdId: string } }>("wallet", "hold", request);
    if (done?.hold !== undefined) holds.push(done.hold.holdId);
  }

  async function endHold(): Promise<void> {
    const holdId = pick(holds);
    if (holdId === undefined) return;
    const request = { worldId: "platform", idempotencyKey: key(), holdId };
    if (uniform() < 0.4) return void (await ask("wallet", "release", request));
    const amount = 1 + Math.floor(uniform() * 10);
    const about = { ...request, amount, toAccountId: "system:sink/token" };
    if ((await ask("wallet", "capture", about)) !== undefined) lived.spent += amount;
  }

  async function cancel(): Promise<void> {
    const ref = subscription()?.ref;
    if (ref === undefined) return;
    const request = { idempotencyKey: key(), playerId: player, subscriptionRef: ref, now: uniform() < 0.3 };
    await ask("billing", "cancel", request);
  }

  const { SETTLE, FAIL, INQUIRE, DISPUTE, WIN_DISPUTE, LOSE_DISPUTE } = LocalAct;
  const acts = [SETTLE, SETTLE, FAIL, INQUIRE, DISPUTE, WIN_DISPUTE, LOSE_DISPUTE] as const;
  const steps: readonly (() => Promise<void>)[] = [
    ...[buy, buy, buy, refund, spend, spend, hold, endHold, cancel, () => again()],
    async () => act(pick(acts) as LocalAct, payment()?.ref ?? ""),
    async () => act(pick(acts) as LocalAct, payment()?.ref ?? ""),
    async () => act(pick([LocalAct.BREAK_CARD, LocalAct.MEND_CARD]) as LocalAct, subscription()?.ref ?? ""),
  ];
  const count = 6 + Math.floor(uniform() * 12);
  for (let step = 0; step < count; step++) await pick(steps)?.();
  return lived;
}
