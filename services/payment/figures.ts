import { HoldStatus, ReceiptStatus } from "@orrery/schema/payment/v1";
import { databaseBytes, type Part } from "@orrery/service";
import { book } from "./book.ts";
import type { PaymentTables } from "./tables.ts";

const SAMPLE_MS = 10_000;
/** A webhook that waits longer is worth a look. */
const LAG_LONG_MS = 900_000;

/** Looks at the store each 10 s: money there is, what is held, webhooks that wait. */
export const figures: Part<void> = {
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const supply = kit.metrics.gauge("orrery_payment_money_supply", "Money there is, minor units", [
      "world",
      "currency",
    ]);
    const holds = kit.metrics.gauge("orrery_payment_holds_active", "Holds that are active");
    const lag = kit.metrics.gauge("orrery_payment_hook_lag_seconds", "Age of the oldest webhook that waits");
    const disk = kit.metrics.gauge("orrery_payment_database_bytes", "Bytes of the whole database");
    let late: string | undefined;

    async function sample(): Promise<void> {
      const db = kit.store.as<PaymentTables>();
      const mints = await db
        .selectFrom("account")
        .select(["world", "code", "balance"])
        .where("id", "like", "system:mint/%")
        .execute();
      for (const { world, code, balance } of mints) supply(0 - balance, { world, currency: code });
      const active = await db
        .selectFrom("hold")
        .select(({ fn }) => fn.countAll<number>().as("n"))
        .where("status", "=", HoldStatus.ACTIVE)
        .executeTakeFirst();
      holds(Number(active?.n ?? 0));
      const oldest = await db
        .selectFrom("receipt")
        .select(({ fn }) => fn.min<number>("received_ms").as("ms"))
        .where("status", "=", ReceiptStatus.RECEIVED)
        .executeTakeFirst();
      const lagMs = kit.clock.now() - Number(oldest?.ms ?? kit.clock.now());
      lag(lagMs / 1_000);
      late = lagMs > LAG_LONG_MS ? `a webhook has waited ${Math.round(lagMs / 60_000)} min` : undefined;
      disk(await databaseBytes(kit.store.db, kit.store.dialect));
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
        if (stopping.signal.aborted || !kit.part(book).active) continue;
        await sample().catch((error: unknown) => kit.log.debug({ err: error }, "no figures"));
      }
    };
    const running = run();
    kit.health.add({ name: "webhook lag", kind: "notice", ask: () => late });
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};
