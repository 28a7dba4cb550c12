import { CheckoutStatus, Checkout } from "@orrery/schema/payment/v1";
import type { Kit } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import { book } from "../book.ts";
import type { Config } from "../config.ts";
import type { ObjectRef, Provider, SeenObject } from "../providers/provider.ts";
import { CHECKOUT } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";
import { type ApplyTerms, applyJob } from "./apply.ts";

/** Looks at objects of the provider again and lets what is here follow. */
export interface Refresher {
  /** @throws PAYMENT_PROVIDER_AWAY; then nothing was changed */
  refresh(about: ObjectRef): Promise<boolean>;
}

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

  const take = (seen: SeenObject, fetchedMs: number) => owned.submit(applyJob(terms, seen, fetchedMs));

  async function look(about: ObjectRef): Promise<boolean> {
    // The look counts from when it began: what is told meanwhile is in no answer for sure.
    const fetchedMs = provider.nowMs();
    if (about.kind === "subscription") {
      const object = await provider.subscription(about.ref);
      return object !== undefined && take({ kind: "subscription", object }, fetchedMs);
    }
    const object = await provider.payment(about.ref);
    return object !== undefined && take({ kind: "payment", object }, fetchedMs);
  }

  async function refresh(about: ObjectRef): Promise<boolean> {
    if (about.kind !== "checkout") return inTurn(about, () => look(about));
    const found = await provider.checkout(about.ref);
    if (found === undefined) return false;
    let changed = await noteCheckout(about.ref, found.status);
    for (const next of found.about) changed = (await refresh(next)) || changed;
    return changed;
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
        if (known === undefined || known.status === status || known.status > CheckoutStatus.OPEN)
          return false;
        const body = encodeBytes(Checkout, { ...Checkout.decode(known.body), status });
        draft.put(CHECKOUT, { ...known, status, body });
        return true;
      },
    });
  }

  return { refresh };
}
