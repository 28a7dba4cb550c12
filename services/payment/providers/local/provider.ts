import { CheckoutStatus } from "@orrery/schema/payment/v1";
import { OrreryError } from "@orrery/wire";
import { paymentErrors } from "../../errors.ts";
import type { HookEvent, ObjectRef, Provider } from "../provider.ts";
import type { Bank } from "./bank.ts";
import type { BankState } from "./state.ts";

export const LOCAL = "local";

/**
 * The local bank as a provider: the same answers for the same questions, and nothing that it would not be asked elsewhere.
 * Its pages are no pages: an address `local:…` names what is played by hand.
 */
export function localProvider(
  { state, bank, save }: { state: BankState; bank: Bank; save: () => Promise<void> },
  secrets: readonly string[],
): Provider {
  return {
    name: LOCAL,
    nowMs: bank.nowMs,
    secrets: () => secrets,
    read: readLocal,
    async openCheckout(order, key) {
      const { ref, expiresMs } = bank.openCheckout(order, key);
      await save();
      return { ref, expiresMs, url: `local:${ref}` };
    },
    portalLink: async (playerId) => `local:portal/${encodeURIComponent(playerId)}`,
    async checkout(ref) {
      const found = state.checkouts.get(ref);
      if (found === undefined) return undefined;
      const { status, paymentRef, subscriptionRef } = found;
      const about: ObjectRef[] = [];
      if (subscriptionRef !== "") about.push({ kind: "subscription", ref: subscriptionRef });
      if (paymentRef !== "") about.push({ kind: "payment", ref: paymentRef });
      return { status: status || CheckoutStatus.OPEN, about };
    },
    async subscription(ref) {
      const found = state.subscriptions.get(ref);
      return found && seenSubscription(found);
    },
    async payment(ref) {
      const found = state.payments.get(ref);
      return found && { ...found };
    },
    async cancel(ref, now, key) {
      bank.cancel(ref, now, key);
      await save();
    },
    async refund(ref, amount, id) {
      bank.refund(ref, amount, `orrery-${id}`);
      await save();
    },
    async *objects(sinceMs) {
      for (const found of [...state.subscriptions.values()])
        if (found.createdMs >= sinceMs) yield { kind: "subscription", object: seenSubscription(found) };
      for (const found of [...state.payments.values()])
        if (found.createdMs >= sinceMs) yield { kind: "payment", object: { ...found } };
    },
  };
}

const seenSubscription = (own: Parameters<BankState["subscriptions"]["set"]>[1]) => {
  const { ref, playerId, productId, checkoutId, status, createdMs } = own;
  const { periodEndMs, cancelAtPeriodEnd, firstFailureMs, endedMs, periodPaid } = own;
  return {
    ...{ ref, playerId, productId, checkoutId, status, createdMs },
    ...{ periodEndMs, cancelAtPeriodEnd, firstFailureMs, endedMs, periodPaid },
  };
};

const KINDS: ReadonlySet<string> = new Set(["checkout", "subscription", "payment"]);

export const writeLocal = (id: string, type: string, { kind, ref }: ObjectRef): Uint8Array =>
  Buffer.from(JSON.stringify({ id, type, object: { kind, ref } }));

/** @throws PAYMENT_HOOK_UNREADABLE */
export function readLocal(body: Uint8Array): HookEvent {
  try {
    const { id, type, object } = JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
    const { kind, ref } = (object ?? {}) as Record<string, unknown>;
    if (typeof id !== "string" || id === "" || typeof type !== "string") throw new Error("no id or type");
    const known = typeof kind === "string" && KINDS.has(kind) && typeof ref === "string";
    return { id, type, about: known ? [{ kind, ref } as ObjectRef] : [] };
  } catch (cause) {
    throw new OrreryError(paymentErrors.PAYMENT_HOOK_UNREADABLE, {
      given: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
