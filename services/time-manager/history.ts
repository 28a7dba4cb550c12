import { projection } from "@orrery/service";
import { ClockAdjusted, TimerFired } from "@orrery/schema/time/v1";
import { keepSegment } from "./segments.ts";

const FIRINGS_KEPT_MS = 7 * 86_400_000;

interface FiringTables {
  timer_firing: {
    publisher: string;
    sequence: number;
    world: string;
    owner: string;
    timer_id: string;
    due_gs: number;
    missed: number;
    at_ms: number;
  };
}

/** Rows of one statement: databases limit its parameters. */
const ROWS = 500;

/** What the clock did, for those who ask later: its segments for ever, firings for seven days. */
export const history = projection(
  "history",
  [ClockAdjusted.typeName, TimerFired.typeName],
  async (events, into) => {
    const { world } = into;
    const rows: FiringTables["timer_firing"][] = [];
    for (const event of events) {
      if (event.type === ClockAdjusted.typeName) {
        await keepSegment(into, world, event.decode(ClockAdjusted));
        continue;
      }
      const { owner, timerId: timer_id, dueGs: due_gs, missed } = event.decode(TimerFired);
      const { publisher, sequence, timeMs: at_ms } = event;
      rows.push({ publisher, sequence, world, owner, timer_id, due_gs, missed, at_ms });
    }
    if (rows.length === 0) return;
    const oldestMs = (rows[0]?.at_ms ?? 0) - FIRINGS_KEPT_MS;
    const db = into.as<FiringTables>();
    for (let from = 0; from < rows.length; from += ROWS)
      await db
        .insertInto("timer_firing")
        .values(rows.slice(from, from + ROWS))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    await db.deleteFrom("timer_firing").where("at_ms", "<", oldestMs).execute();
  },
);
