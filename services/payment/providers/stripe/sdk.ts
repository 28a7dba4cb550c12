import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type Stripe from "stripe";
import type { Config } from "../../config.ts";
import { paymentErrors } from "../../errors.ts";

/** The version of the API that what is read here was written for: another one may say things elsewhere. */
const API_VERSION = "2026-10-28.endive";
const TIMEOUT_MS = 8_000;
const RETRIES = 2;
const SECRETS_MOST = 3;
const PASSING: ReadonlySet<number> = new Set([401, 403, 409, 429]);

export type Sdk = Stripe;

export interface StripeSettings {
  readonly key: string;
  readonly secrets: readonly string[];
}

/** @throws PAYMENT_PROVIDER_INCOMPLETE unless all that it needs is set */
export function settingsOf({ stripeKey, stripeWebhookSecrets }: Config): StripeSettings {
  const secrets = stripeWebhookSecrets.split(",").flatMap((secret) => secret.trim() || []);
  const missing = [
    ...(stripeKey === "" ? ["PAYMENT_STRIPE_KEY"] : []),
    ...(secrets.length === 0 ? ["PAYMENT_STRIPE_WEBHOOK_SECRETS"] : []),
  ];
  if (missing.length > 0)
    throw new OrreryError(paymentErrors.PAYMENT_PROVIDER_INCOMPLETE, {
      given: `not set: ${missing.join(", ")}`,
    });
  if (secrets.length > SECRETS_MOST)
    throw new OrreryError(serviceErrors.SERVICE_CONFIG_INVALID, {
      given: `PAYMENT_STRIPE_WEBHOOK_SECRETS: ${secrets.length} of them, at most ${SECRETS_MOST}`,
    });
  return { key: stripeKey, secrets };
}

/** The library is read when it is used: whoever takes no real money has nothing of it in memory. */
export async function openSdk({ key }: StripeSettings, { stripeUrl }: Config): Promise<Sdk> {
  const { default: StripeClient } = await import("stripe");
  const elsewhere = stripeUrl === "" ? undefined : new URL(stripeUrl);
  return new StripeClient(key, {
    apiVersion: API_VERSION,
    timeout: TIMEOUT_MS,
    maxNetworkRetries: RETRIES,
    telemetry: false,
    ...(elsewhere && {
      protocol: elsewhere.protocol === "https:" ? "https" : "http",
      host: elsewhere.hostname,
      port: elsewhere.port,
    }),
  });
}

/** Calls it, and says in our words why it could not. @param missing what stands for an object that is not there */
export async function asking<T, M = never>(
  act: () => Promise<T>,
  missing?: { readonly instead: M },
): Promise<T | M> {
  try {
    return await act();
  } catch (cause) {
    const said = cause as { type?: string; code?: string; statusCode?: number; message?: string };
    const { type = "", code = "", statusCode = 0, message = "" } = said;
    if (missing !== undefined && code === "resource_missing") return missing.instead;
    const given = `${type || "no answer"} ${code || statusCode || ""}: ${message.slice(0, 200)}`;
    // A key that is not good just now, or another call that is under way, says nothing about what was asked.
    const passes =
      PASSING.has(statusCode) || statusCode >= 500 || statusCode === 0 || type === "StripeConnectionError";
    const kind = passes ? paymentErrors.PAYMENT_PROVIDER_AWAY : paymentErrors.PAYMENT_PROVIDER_REFUSED;
    throw new OrreryError(kind, { given, cause });
  }
}
