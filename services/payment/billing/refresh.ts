import { CheckoutStatus, Checkout } from "@orrery/schema/payment/v1";
import type { Kit } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import { book } from "../book.ts";
import type { Config } from "../config.ts";
import { isNobody } from "../erase/nobody.ts";
import type { ObjectRef, Provider, SeenObject } from "../providers/provider.ts";
import { CHECKOUT } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";
import { type ApplyTerms, applyJob } from "./apply.ts";
import { isTaken } from "./entitled.ts";
import { isOver, objectOf, readPayment, readSubscription, renews } from "./known.ts";

export interface Refreshed {
  /** False: the provider has none of that name. */
  readonly isThere: boolean;
  /** Whether anything is another now. */
  readonly changed: boolean;
}

/** Looks at objects of the provider again and lets what is here follow. */
export interface Refresher {
  /** @throws PAYMENT_PROVIDER_AWAY; then nothing was changed */
  refresh(about: ObjectRef): Promise<Refreshed>;
}

const NOT_THERE: Refreshed = { isThere: false, changed: false };

export function createRefresher(kit: Kit, provider: Provider): Refresher {
  const owned = kit.part(book);
  const terms: ApplyTerms = {
    provider: provider.name,
    service: kit.service,
    currencies: owned.currencies,
    graceDays: (kit.config as Config).graceDays,
  };
  /** Ends of what is under way, by object: two looks at one never cross. */
  const turns = new Map<string, Promise<unknown>>();

  function inTurn<T>({ kind, ref }: ObjectRef, act: () => Promise<T>): Promise<T> {
    const name = `${kind} ${ref}`;
    const before = turns.get(name) ?? Promise.resolve();
    const mine = before.then(act, act);
    const end = mine.then(
      () => {},
      () => {},
    );
    turns.set(name, end);
    void end.then(() => {
      if (turns.get(name) === end) turns.delete(name);
    });
    return mine;
  }

  async function take(seen: SeenObject, fetchedMs: number): Promise<Refreshed> {
    const times = { fetchedMs, nowMs: () => provider.nowMs() };
    return { isThere: true, changed: await owned.submit(applyJob(terms, seen, times)) };
  }

  async function look(about: ObjectRef): Promise<Refreshed> {
    // The look counts from when it began: what is told meanwhile is in no answer for sure.
    const fetchedMs = provider.nowMs();
    if (about.kind === "subscription") {
      const object = await provider.subscription(about.ref);
      return object === undefined ? NOT_THERE : take({ kind: "subscription", object }, fetchedMs);
    }
    const object = await provider.payment(about.ref);
    return object === undefined ? NOT_THERE : take({ kind: "payment", object }, fetchedMs);
  }

  /** Nobody is charged again for what they dispute. */
  async function stopRenewal(ref: string): Promise<void> {
    const db = kit.store.as<PaymentTables>();
    const row = await objectOf(db, provider.name, "payment", ref);
    const payment = row && readPayment(row);
    if (payment === undefined || payment.subscriptionRef === "" || !isTaken(payment)) return;
    const about = { kind: "subscription", ref: payment.subscriptionRef } as const;
    const parent = await objectOf(db, provider.name, about.kind, about.ref);
    if (parent === undefined || !renews(readSubscription(parent))) return;
    await provider.cancel(about.ref, false, `orrery-dispute-${ref}`);
    await inTurn(about, () => look(about));
  }

  /** A player who is nobody is charged no more. */
  async function endForNobody(ref: string): Promise<void> {
    const about = { kind: "subscription", ref } as const;
    const row = await objectOf(kit.store.as<PaymentTables>(), provider.name, about.kind, ref);
    if (row === undefined || !isNobody(row.player) || isOver(readSubscription(row))) return;
    await provider.cancel(ref, true, `orrery-erased-${ref}`);
    await inTurn(about, () => look(about));
  }

  async function refresh(about: ObjectRef): Promise<Refreshed> {
    if (about.kind !== "checkout") {
      const found = await inTurn(about, () => look(about));
      await (about.kind === "payment" ? stopRenewal(about.ref) : endForNobody(about.ref));
      return found;
    }
    const found = await provider.checkout(about.ref);
    if (found === undefined) return NOT_THERE;
    let changed = await noteCheckout(about.ref, found.status);
    for (const next of found.about) changed = (await refresh(next)).changed || changed;
    return { isThere: true, changed };
  }

  async function noteCheckout(ref: string, status: CheckoutStatus): Promise<boolean> {
    const row = await kit.store
      .as<PaymentTables>()
      .selectFrom("checkout")
      .select("id")
      .where("ref", "=", ref)
      .executeTakeFirst();
    if (row === undefined) return false;
    return owned.submit({
      worlds: [],
      async run(draft) {
        const known = await draft.get(CHECKOUT, row.id);
        if (known === undefined || known.status === status || known.status === CheckoutStatus.COMPLETED)
          return false;
        const body = encodeBytes(Checkout, { ...Checkout.decode(known.body), status });
        draft.put(CHECKOUT, { ...known, status, body });
        return true;
      },
    });
  }

  return { refresh };
}
