// Starts the service and says whether Stripe's library was read: node what-is-loaded.ts <provider>
import { registerHooks } from "node:module";

let loaded = false;
registerHooks({
  resolve(specifier, context, next) {
    loaded ||= specifier === "stripe";
    return next(specifier, context);
  },
});
const { startTill } = await import("../../../testing/till.ts");
const [provider = "local"] = process.argv.slice(2);
const keys = { PAYMENT_STRIPE_KEY: "sk_test", PAYMENT_STRIPE_WEBHOOK_SECRETS: "whsec" };
const till = await startTill(":memory:", {
  PAYMENT_PROVIDER: provider,
  ...(provider === "stripe" && keys),
});
await till.stop();
console.log(loaded ? "yes" : "no");
