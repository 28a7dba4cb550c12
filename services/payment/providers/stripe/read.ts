import { OrreryError } from "@orrery/wire";
import { paymentErrors } from "../../errors.ts";
import type { HookEvent, ObjectRef } from "../provider.ts";

interface Told {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly data?: { readonly object?: Readonly<Record<string, unknown>> };
}

const text = (value: unknown): string =>
  typeof value === "string" ? value : String((value as { id?: unknown } | null)?.id ?? "");

/** Which object each kind of event is about. An invoice that is not final yet says nothing, and is answered at once. */
function aboutOf(type: string, object: Readonly<Record<string, unknown>>): readonly ObjectRef[] {
  const refs = (kind: ObjectRef["kind"], value: unknown): ObjectRef[] =>
    text(value) === "" ? [] : [{ kind, ref: text(value) }];
  if (type.startsWith("checkout.session.")) return refs("checkout", object["id"]);
  if (type.startsWith("customer.subscription.")) return refs("subscription", object["id"]);
  if (type.startsWith("payment_intent.")) return refs("payment", object["id"]);
  if (type.startsWith("charge.") || type.startsWith("refund."))
    return refs("payment", object["payment_intent"]);
  if (type.startsWith("invoice.") && type !== "invoice.created") {
    const parent = object["parent"] as { subscription_details?: { subscription?: unknown } } | null;
    return refs("subscription", parent?.subscription_details?.subscription);
  }
  return [];
}

/** @throws PAYMENT_HOOK_UNREADABLE */
export function readStripe(body: Uint8Array): HookEvent {
  try {
    const { id, type, data } = JSON.parse(Buffer.from(body).toString()) as Told;
    if (typeof id !== "string" || id === "" || typeof type !== "string") throw new Error("no id or type");
    return { id, type, about: aboutOf(type, data?.object ?? {}) };
  } catch (cause) {
    throw new OrreryError(paymentErrors.PAYMENT_HOOK_UNREADABLE, {
      given: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
