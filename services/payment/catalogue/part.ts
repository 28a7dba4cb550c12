import { Product } from "@orrery/schema/payment/v1";
import { type Part, rowsFor, writeRows } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import { PRODUCT } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";
import { standardProducts } from "./standard.ts";

/** Puts the standard products on sale where there are none. */
export const catalogue: Part<void> = {
  name: "catalogue",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const { db, dialect } = kit.store;
    const [known] = await kit.store.as<PaymentTables>().selectFrom("product").select("id").limit(1).execute();
    const rows = standardProducts.map((product) => ({
      id: product.productId,
      body: encodeBytes(Product, product),
    }));
    if (known === undefined) await writeRows(db, dialect, [rowsFor(PRODUCT, rows)]);
    return { handle: undefined, async stop() {} };
  },
};
