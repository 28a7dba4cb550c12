import { ReportFramesResponse } from "@orrery/schema/performance/v1";
import type { KitTables, Part } from "@orrery/service";
import { closes } from "../session/comings.ts";
import type { PerformanceTables } from "../tables.ts";
import { keeper } from "../write/keeper.ts";

const LOOK_EVERY_MS = 60_000;
/** Open for longer than anybody plays: its end was never heard of. */
const SESSION_MOST_MS = 7 * 86_400_000;
const PAGE = 200;

/** Forgets answers that nobody may ask for any more, and sessions whose end was never heard of. */
export const sweeps: Part<void> = {
  name: "sweeps",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();

    async function look(): Promise<void> {
      const nowMs = kit.hostMs();
      await kit.store.as<KitTables>().deleteFrom("answer").where("until_ms", "<=", nowMs).execute();
      const stale = await kit.store
        .as<PerformanceTables>()
        .selectFrom("session")
        .select("id")
        .where("opened_ms", "<", nowMs - SESSION_MOST_MS)
        .limit(PAGE)
        .execute();
      if (stale.length === 0) return;
      await kit.part(keeper).submit({
        players: [],
        reply: ReportFramesResponse,
        run(turn) {
          for (const { id } of stale) closes(turn, id);
          return {};
        },
      });
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(LOOK_EVERY_MS, stopping.signal);
        if (stopping.signal.aborted || !kit.part(keeper).active) continue;
        await look().catch((error: unknown) =>
          kit.log.warn({ err: error }, "not all that is over was forgotten"),
        );
      }
    };
    const running = run();
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};
