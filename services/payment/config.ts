import { z } from "zod";

const currencies = (text: string) =>
  text
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [, code, exponent = "0"] = /^([a-z][a-z0-9-]{0,15})(?::([0-4]))?$/.exec(part.trim()) ?? [];
      return code === undefined ? undefined : { code, exponent: Number(exponent) };
    });

const currencyList = z
  .string()
  .transform(currencies)
  .refine((found) => found.every((currency) => currency !== undefined), {
    message: "say `code` or `code:digits behind the point`, comma between them",
  })
  .transform((found) => found.filter((currency) => currency !== undefined));

export const config = z.object({
  /** Currencies that every world has, with the digits behind the point: `coin:2,gem`. */
  coins: currencyList.prefault("coin:2"),
  /** Currencies that a player has over all worlds. */
  tokens: currencyList.prefault("token"),
  /** Who takes real money: `local` plays it, `stripe` takes it, `off` takes none. */
  provider: z.enum(["local", "stripe", "off"]).default("local"),
  /** Of Stripe. */
  stripeKey: z.string().default(""),
  /** Live secrets of the webhook's endpoint, at most 3, comma between them. */
  stripeWebhookSecrets: z.string().default(""),
  /** Where players come back to from the provider's page. */
  returnUrl: z.string().default("http://127.0.0.1:7070/"),
  /** Another address of Stripe's API, for tests: `http://127.0.0.1:12111`. */
  stripeUrl: z.string().default(""),
  /** Calls that may wait for a commit; more are refused with PAYMENT_BUSY. */
  queueLimit: z.coerce.number().int().min(1).default(2_000),
  /** Real days of grace after the first failure of an invoice. */
  graceDays: z.coerce.number().int().min(0).max(60).default(7),
});
export type Config = z.output<typeof config>;
