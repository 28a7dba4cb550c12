import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { paced } from "@orrery/bus-conformance";

const WAIT_MS = 30_000;
const LOOK_MS = 50;

/** Waits until a running journal holds so many events of a world. @returns how many it still lacks after 30 s */
export async function caughtUp(data: string, world: string, events: number): Promise<number> {
  const db = new DatabaseSync(join(data, "event-bus", "store.db"), { readOnly: true });
  const newest = db.prepare(
    "SELECT coalesce(max(last), 0) AS newest FROM frame JOIN name ON name.id = world WHERE text = ?",
  );
  let has = 0;
  for (
    const untilMs = performance.now() + paced(WAIT_MS);
    performance.now() < untilMs;
    await setTimeout(LOOK_MS)
  ) {
    has = Number(newest.get(world)?.["newest"]);
    if (has >= events) break;
  }
  db.close();
  return events - has;
}
