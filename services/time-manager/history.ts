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

/** What the clock did, for those who ask later: its segments for ever, firings for seven days. */
export const history = projection(
  "history",
  [ClockAdjusted.typeName, TimerFired.typeName],
  async (event, kit) => {
    const world = event.world;
    if (event.type === ClockAdjusted.typeName) {
      await keepSegment(kit.store, world, event.decode(ClockAdjusted));
      return;
    }
    const { owner, timerId, dueGs, missed } = event.decode(TimerFired);
    const { publisher, sequence } = event.id;
    const db = kit.store.as<FiringTables>();
    const row = {
      publisher,
      sequence,
      world,
      owner,
      timer_id: timerId,
      due_gs: dueGs,
      missed,
      at_ms: event.timeMs,
    };
    await db
      .insertInto("timer_firing")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await db
      .deleteFrom("timer_firing")
      .where("at_ms", "<", event.timeMs - FIRINGS_KEPT_MS)
      .execute();
  },
);
