import { DatabaseSync } from "node:sqlite";
import { PaymentStatus } from "@orrery/schema/payment/v1";
import type { StripeDouble } from "@orrery/payment/double";
import { storeOf } from "./scene.ts";

/** Makes things disagree, behind the back of the service that does not run. @returns refs by the kind of drift to be found */
export function plant(folder: string, { state }: StripeDouble): ReadonlyMap<string, string> {
  const db = new DatabaseSync(storeOf(folder));
  const paid = [...state.payments.values()].filter(
    ({ status, refunded, subscriptionRef }) =>
      status === PaymentStatus.SUCCEEDED && refunded === 0 && subscriptionRef === "",
  );
  const planted = new Map<string, string>();
  try {
    // One that was never heard of, one that is another at the provider, a right that nobody paid for, a balance of nothing.
    const [unheard, moved] = paid;
    if (unheard !== undefined) {
      db.prepare("delete from provider_object where ref = ?").run(unheard.ref);
      planted.set("payment", unheard.ref);
    }
    if (moved !== undefined) {
      moved.refunded = 1;
      planted.set("payment ", moved.ref);
    }
    const right = db
      .prepare("select id from entitlement where id like 'stripe:%' order by id desc limit 1")
      .get() as { id: string } | undefined;
    if (right !== undefined) {
      db.prepare("delete from entitlement where id = ?").run(right.id);
      planted.set("entitlement", right.id);
    }
    const account = db.prepare("select id from account where id like 'player:%' order by id limit 1").get() as
      | { id: string }
      | undefined;
    if (account !== undefined) {
      db.prepare("update account set balance = balance + 1 where id = ?").run(account.id);
      planted.set("account", account.id);
    }
  } finally {
    db.close();
  }
  return planted;
}

/** Takes the false balance away again: no program may mend the books by itself. */
export function takeBack(folder: string, account: string): void {
  const db = new DatabaseSync(storeOf(folder));
  db.prepare("update account set balance = balance - 1 where id = ?").run(account);
  db.close();
}
