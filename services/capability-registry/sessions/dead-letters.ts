import { DeadLettered } from "@orrery/schema/bus/v1";
import { type Kit, projection } from "@orrery/service";
import { sql } from "kysely";
import type { CapabilityTables } from "../store/tables.ts";

/** Counts by service what was given up: shown beside it, and no reason to think it gone. */
export const deadLetters = projection("dead-letters", [DeadLettered.typeName], async (events, into) => {
  const db = into.as<CapabilityTables>();
  const counted = new Map<string, { count: number; lastMs: number }>();
  for (const event of events) {
    const service = event.decode(DeadLettered).subscription.split("/", 1)[0] ?? "";
    const one = counted.get(service) ?? { count: 0, lastMs: 0 };
    counted.set(service, { count: one.count + 1, lastMs: Math.max(one.lastMs, event.timeMs) });
  }
  for (const [service, { count, lastMs }] of counted)
    await db
      .insertInto("dead_letter")
      .values({ service, count, last_ms: lastMs })
      .onConflict((conflict) =>
        conflict.column("service").doUpdateSet({ count: sql`dead_letter.count + ${count}`, last_ms: lastMs }),
      )
      .execute();
});

/** Counted so far; nothing while the database is away. */
export async function deadLettersOf(kit: Kit): Promise<ReadonlyMap<string, number>> {
  const rows = await kit.store
    .as<CapabilityTables>()
    .selectFrom("dead_letter")
    .select(["service", "count"])
    .execute()
    .catch(() => []);
  return new Map(rows.map(({ service, count }) => [service, Number(count)]));
}
