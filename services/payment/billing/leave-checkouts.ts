import { Checkout, CheckoutStatus } from "@orrery/schema/payment/v1";
import type { Kit } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import { book } from "../book.ts";
import { CHECKOUT } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";

const PAGE = 64;
/** A page that was paid in its last second is heard of by then. */
const HEARD_MS = 600_000;

/** Checkouts that nobody can pay any more hold nothing back: no limit of a player, no place of a coupon. */
export async function leaveCheckouts(kit: Kit, nowMs: number): Promise<void> {
  const rows = await kit.store
    .as<PaymentTables>()
    .selectFrom("checkout")
    .select("id")
    .where("status", "in", [CheckoutStatus.CREATED, CheckoutStatus.OPEN])
    .where("expires_ms", "<", nowMs - HEARD_MS)
    .limit(PAGE)
    .execute();
  for (const { id } of rows)
    await kit.part(book).submit({
      worlds: [],
      async run(draft) {
        const row = await draft.get(CHECKOUT, id);
        if (row === undefined || row.status > CheckoutStatus.OPEN) return;
        const status = CheckoutStatus.EXPIRED;
        const body = encodeBytes(Checkout, { ...Checkout.decode(row.body), status });
        draft.put(CHECKOUT, { ...row, status, body });
      },
    });
}
