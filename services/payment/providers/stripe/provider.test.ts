import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { errorCodeOf } from "@orrery/service";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LocalAct, ReceiptStatus } from "@orrery/schema/payment/v1";
import { hooks as hooksPart } from "../../hooks/worker.ts";
import { till as tillPart } from "../../till.ts";
import { type PlayedTill, playStripe } from "../../testing/played.ts";
import { startTill } from "../../testing/till.ts";
import { readStripe } from "./read.ts";
import { settingsOf } from "./sdk.ts";

const settings = { stripeKey: "sk", stripeWebhookSecrets: "one" };
const given = (over: Partial<typeof settings>) =>
  settingsOf({ ...settings, ...over } as Parameters<typeof settingsOf>[0]);

it("is not configured by halves", () => {
  expect(given({}).secrets).toEqual(["one"]);
  expect(given({ stripeWebhookSecrets: " one , two,three" }).secrets).toEqual(["one", "two", "three"]);
  for (const over of [{ stripeKey: "" }, { stripeWebhookSecrets: "" }, { stripeWebhookSecrets: " , " }])
    expect(() => given(over)).toThrow(/PAYMENT_PROVIDER_INCOMPLETE/);
  expect(() => given({ stripeWebhookSecrets: "1,2,3,4" })).toThrow(/at most 3/);
});

it("does not let the service start by halves", async () => {
  const started = startTill(":memory:", { PAYMENT_PROVIDER: "stripe", PAYMENT_STRIPE_KEY: "sk" });
  await expect(started).rejects.toThrow();
});

it("is read into memory only where it is configured", () => {
  const loads = (provider: string) => {
    const program = import.meta.resolve("./testing/what-is-loaded.ts");
    const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(program), provider], {
      encoding: "utf8",
    });
    expect(stderr.replace(/.*Warning.*\n.*\n/g, "")).toBe("");
    return stdout.trim();
  };
  expect([loads("local"), loads("stripe")]).toEqual(["no", "yes"]);
});

it("reads of a webhook what it is about, and of an invoice that is not final nothing", () => {
  const event = (type: string, object: object) =>
    readStripe(Buffer.from(JSON.stringify({ id: "evt_1", type, data: { object } }))).about;
  const parent = { subscription_details: { subscription: "sub_1" } };
  expect(event("invoice.created", { id: "in_1", parent })).toEqual([]);
  expect(event("invoice.paid", { id: "in_1", parent })).toEqual([{ kind: "subscription", ref: "sub_1" }]);
  expect(event("charge.dispute.created", { id: "dp_1", payment_intent: "pi_1" })).toEqual([
    { kind: "payment", ref: "pi_1" },
  ]);
  expect(event("customer.created", { id: "cus_1" })).toEqual([]);
  expect(event("constructor", { id: "x" })).toEqual([]);
  for (const body of ["", "null", "[]", "{}", '{"id":1,"type":"x"}', "{"])
    expect(() => readStripe(Buffer.from(body))).toThrow(/PAYMENT_HOOK_UNREADABLE/);
});

let played: PlayedTill | undefined;
beforeEach(() => (played = undefined));
afterEach(() => played?.stop());

it("gives one page for one key, also where the first answer was lost", async () => {
  played = await playStripe(":memory:");
  const { till, double } = played;
  const request = { idempotencyKey: "a-key-of-mine", playerId: "player:s", productId: "premium-month" };
  if (double === undefined) throw new Error("no double");
  double.away = true;
  await expect(till.billing.createCheckout(request)).rejects.toSatisfy(
    (error: unknown) => errorCodeOf(error) === "PAYMENT_PROVIDER_AWAY",
  );
  double.away = false;
  const first = await till.billing.createCheckout(request);
  const second = await till.billing.createCheckout(request);
  expect(second).toEqual(first);
  await played.act(LocalAct.PAY, first.checkout?.ref ?? "");
  await till.until(async () => (await till.billing.getEntitlements({ playerId: "player:s" })).tier === 2);
});

it("refunds once under one id, also when the provider has forgotten the key", async () => {
  played = await playStripe(":memory:");
  const { till, double } = played;
  const { provider } = till.kit.part(tillPart);
  const request = { idempotencyKey: "a-key-of-mine", playerId: "player:s", productId: "tokens-500" };
  const { checkout } = await till.billing.createCheckout(request);
  await played.act(LocalAct.PAY, checkout?.ref ?? "");
  const [payment] = double?.state.payments.values() ?? [];
  await provider.refund(payment?.ref ?? "", 100, "refund-1");
  double?.forgetKeys();
  await provider.refund(payment?.ref ?? "", 100, "refund-1");
  expect(payment?.refunded).toBe(100);
});

it("tries again for a webhook about what the provider does not have, and tells it in the end", async () => {
  played = await playStripe(":memory:");
  const { till, double } = played;
  const event = {
    id: "evt_of_nothing",
    type: "charge.updated",
    data: { object: { payment_intent: "pi_none" } },
  };
  const body = Buffer.from(JSON.stringify(event));
  const headers = [{ name: "stripe-signature", value: double?.sign(body) ?? "" }];
  expect((await till.hooks.deliver({ name: "stripe", body, headers })).status).toBe(200);
  const receipt = async () => (await till.billing.listReceipts({})).receipts[0];
  await till.until(async () => (await receipt())?.attempts === 1);
  expect((await receipt())?.problem).toContain("the provider has no payment pi_none");
  for (let attempt = 1; attempt < 8; attempt++) {
    till.later(6 * 3_600_000 + 1);
    await till.kit.part(hooksPart).work();
  }
  expect(await receipt()).toMatchObject({ attempts: 8, status: ReceiptStatus.FAILED });
});

it("says that it is away, and what it refuses", async () => {
  played = await playStripe(":memory:");
  const { provider } = played.till.kit.part(tillPart);
  expect(await provider.payment("pi_none")).toBeUndefined();
  await expect(provider.refund("pi_none", 1, "key")).rejects.toThrow(/PAYMENT_PROVIDER_REFUSED/);
  if (played.double !== undefined) played.double.away = true;
  await expect(provider.payment("pi_none")).rejects.toThrow(/PAYMENT_PROVIDER_AWAY/);
});
