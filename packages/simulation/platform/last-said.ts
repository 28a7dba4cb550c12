import type { FrameBatch } from "@orrery/bus";
import { commitTogether, done, type KitTables } from "@orrery/service";
import { TakenEvent } from "@orrery/schema/simulation/v1";
import { encodeBytes } from "@orrery/wire";
import { sql } from "kysely";
import type { Keeping } from "../keeping.ts";
import type { Lease } from "../lease.ts";
import type { Incoming } from "../shard.ts";

/**
 * What the platform said last of each type and key, as far as this part hears of it: a world that begins later has missed
 * all of it, and is told how things stand.
 */
export interface LastSaid {
  /** Written down before any world takes it in: a world that begins meanwhile finds it here, or takes it with the others. */
  keep(batch: FrameBatch): Promise<void>;
  /** In the order in which it was said, as far as publishers' clocks tell; of one publisher by its sequences. */
  read(): Promise<readonly Incoming[]>;
}

export function createLastSaid({ kit: { store }, part, handlers }: Keeping, lease: Lease): LastSaid {
  const db = store.as<KitTables>();
  return {
    async keep(batch) {
      const rows = new Map<string, KitTables["platform_said"]>();
      for (const { publisher, sequence, type, key, source, timeMs, payload, traceparent } of batch.events()) {
        if (!handlers.events.has(type)) continue;
        const taken = { publisher, sequence, type, key, source, timeMs, payload, traceparent };
        const event = encodeBytes(TakenEvent, taken);
        rows.set(`${type}\n${key}`, { part, type, key, publisher, sequence, time_ms: timeMs, event });
      }
      // Of one publisher the later counts; of two, one took the other's place, and says later what it says.
      const newer = sql<boolean>`case when excluded.publisher = platform_said.publisher
        then excluded.sequence > platform_said.sequence else excluded.time_ms >= platform_said.time_ms end`;
      const queries = [...rows.values()].map((row) =>
        db
          .insertInto("platform_said")
          .values(row)
          .onConflict((conflict) =>
            conflict
              .columns(["part", "type", "key"])
              .doUpdateSet({
                publisher: row.publisher,
                sequence: row.sequence,
                time_ms: row.time_ms,
                event: row.event,
              })
              .where(newer),
          )
          .compile(),
      );
      if (queries.length > 0) await commitTogether(db, lease.checking, done(...queries));
    },
    async read() {
      const rows = await db
        .selectFrom("platform_said")
        .select("event")
        .where("part", "=", part)
        .orderBy("publisher")
        .orderBy("sequence")
        .execute();
      return inTime(rows.map(({ event }) => ({ ...TakenEvent.decode(event), ofPlatform: true })));
    },
  };
}

/** @param events of each publisher by their sequences: its clock may have been set back between two */
function inTime(events: readonly Incoming[]): readonly Incoming[] {
  let before: { publisher: string; timeMs: number } | undefined;
  const placed = events.map((event) => {
    const { publisher, timeMs } = event;
    before = { publisher, timeMs: Math.max(timeMs, before?.publisher === publisher ? before.timeMs : 0) };
    return { event, atMs: before.timeMs };
  });
  return placed.sort((a, b) => a.atMs - b.atMs).map(({ event }) => event);
}
