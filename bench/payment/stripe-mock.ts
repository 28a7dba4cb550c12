// Makes every call of the Stripe adapter to stripe-mock, which holds requests against Stripe's own description of its API.
//   node bench/payment/stripe-mock.ts [--json]     Ends with 3 where there is no stripe-mock.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CouponDuration } from "@orrery/schema/payment/v1";
import { stripeOf } from "@orrery/payment/stripe";
import { openScene } from "./scene.ts";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const program = process.env["STRIPE_MOCK"] ?? "stripe-mock";
if (spawnSync(program, ["-version"]).error !== undefined) {
  console.error(
    "no stripe-mock here: `go install github.com/stripe/stripe-mock@latest`, or STRIPE_MOCK names it",
  );
  process.exit(3);
}
const port = await new Promise<number>((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
  });
});
const mock = spawn(program, ["-http-port", String(port)], { stdio: "ignore" });
const url = `http://127.0.0.1:${port}`;
for (let tries = 0; tries < 100; tries++) {
  if (await fetch(url).then(Boolean, () => false)) break;
  await wait(100);
}
const folder = mkdtempSync(join(process.cwd(), ".bench-payment-"));
const { host } = await openScene(folder, {
  PAYMENT_PROVIDER: "stripe",
  PAYMENT_STRIPE_KEY: "sk_test_123",
  PAYMENT_STRIPE_WEBHOOK_SECRETS: "whsec_x",
  PAYMENT_STRIPE_URL: url,
});
const provider = stripeOf(host);
const about = { playerId: "player:ada", productId: "premium-month", title: "Premium" };
const order = (number: number, over: object) => ({
  ...about,
  checkoutId: `checkout-${number}`,
  recurring: true,
  currency: "eur",
  amount: 799,
  providerRef: "",
  discount: undefined,
  promotionCodes: false,
  expiresMs: Date.now() + 3_600_000,
  ...over,
});
const discount = { code: "SPRING", amountOff: 160, duration: CouponDuration.REPEATING, months: 2 };
async function walk(): Promise<void> {
  let seen = 0;
  for await (const _ of provider.objects(0)) if (++seen >= 4) return;
}
const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  "a subscription": () => provider.openCheckout(order(1, {}), "key-1"),
  "something once": () => provider.openCheckout(order(2, { recurring: false }), "key-2"),
  "with a discount": () => provider.openCheckout(order(3, { discount }), "key-3"),
  "with promotion codes": () => provider.openCheckout(order(4, { promotionCodes: true }), "key-4"),
  "a known price": () => provider.openCheckout(order(5, { providerRef: "price_1" }), "key-5"),
  checkout: () => provider.checkout("cs_1"),
  subscription: () => provider.subscription("sub_1"),
  payment: () => provider.payment("pi_1"),
  "cancel later": () => provider.cancel("sub_1", false, "key-6"),
  "cancel now": () => provider.cancel("sub_1", true, "key-7"),
  refund: () => provider.refund("pi_1", 100, "key-8"),
  objects: walk,
};
const refused: string[] = [];
for (const [name, call] of Object.entries(calls))
  await call().catch((error: unknown) =>
    refused.push(`${name}: ${error instanceof Error ? error.message : String(error)}`),
  );
const report = { calls: Object.keys(calls).length, refused };
console.log(values.json ? JSON.stringify(report) : report);
mock.kill();
await host.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(refused.length === 0 ? 0 : 1);
