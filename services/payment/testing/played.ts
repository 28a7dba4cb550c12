import type { LocalAct } from "@orrery/schema/payment/v1";
import { till as tillPart } from "../till.ts";
import { systemClock } from "@orrery/service";
import { type StripeDouble, startDouble } from "../providers/stripe/testing/double.ts";
import { startTill, type TestTill } from "./till.ts";

/** The service with a provider whose players, banks and time are played by the test. */
export interface PlayedTill {
  readonly till: TestTill;
  /** As hooks and ids name the provider. */
  readonly name: string;
  /** Where its webhooks carry their signature. */
  readonly header: string;
  act(act: LocalAct, ref: string): Promise<void>;
  /** Lets time pass at the provider. */
  move(ms: number): Promise<void>;
  /** Whether all its webhooks were taken. */
  isQuiet(): boolean;
  /** Of Stripe's. */
  readonly double?: StripeDouble;
  stop(): Promise<void>;
}

let keys = 0;
const idempotencyKey = () => `played-${String(++keys).padStart(8, "0")}`;

export async function playLocal(url: string): Promise<PlayedTill> {
  const till = await startTill(url);
  return {
    till,
    name: "local",
    header: "orrery-signature",
    act: async (act, ref) => void (await till.local.act({ idempotencyKey: idempotencyKey(), act, ref })),
    move: async (byMs) => void (await till.local.moveClock({ idempotencyKey: idempotencyKey(), byMs })),
    isQuiet: () => till.kit.part(tillPart).desk.next() === undefined,
    stop: () => till.stop(),
  };
}

const SECRET = "whsec_of_the_double";

/** The same over Stripe's library, against a double of Stripe. */
export async function playStripe(url: string): Promise<PlayedTill> {
  let kit: TestTill["kit"] | undefined;
  const nowMs = () => Math.floor((kit?.clock ?? systemClock).now());
  const double = await startDouble(nowMs, SECRET);
  const till = await startTill(url, {
    PAYMENT_PROVIDER: "stripe",
    PAYMENT_STRIPE_KEY: "sk_test_double",
    PAYMENT_STRIPE_WEBHOOK_SECRETS: SECRET,
    PAYMENT_STRIPE_URL: double.url,
  });
  ({ kit } = till);
  /** As Stripe does: it comes again with what is not taken. */
  async function deliver(): Promise<void> {
    for (let hook = double.next(); hook !== undefined; hook = double.next()) {
      const headers = [{ name: "stripe-signature", value: hook.signature }];
      const { status, message } = await till.hooks.deliver({ name: "stripe", body: hook.body, headers });
      if (status !== 200) throw new Error(`${status}: ${message}`);
    }
  }
  return {
    till,
    name: "stripe",
    double,
    header: "stripe-signature",
    async act(act, ref) {
      double.act(act, ref);
      await deliver();
    },
    async move(ms) {
      till.later(ms);
      double.moveTo(nowMs());
      await deliver();
    },
    isQuiet: () => double.waiting === 0,
    async stop() {
      await till.stop();
      await double.stop();
    },
  };
}
