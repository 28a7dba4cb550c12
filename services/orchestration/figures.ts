import { ExecutionStatusSchema } from "@orrery/schema/orchestration/v1";
import type { Part } from "@orrery/service";
import type { Executions } from "./executions.ts";
import type { OrchestrationTables } from "./store/rows.ts";

const SAMPLE_MS = 10_000;
/** An order that waits longer for its turn is worth a look. */
const LAG_LONG_MS = 30_000;

/** Looks at the store each 10 s: executions by status, undos that were given up, orders that wait. */
export const figuresOf = (executions: Part<Executions>): Part<void> => ({
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const own = kit.part(executions);
    const count = kit.metrics.gauge("orrery_orchestration_executions", "Executions that are open", [
      "workflow",
      "status",
    ]);
    const stuck = kit.metrics.gauge(
      "orrery_orchestration_stuck",
      "Executions with an undo that was given up",
    );
    const orders = kit.metrics.gauge("orrery_orchestration_orders", "Calls for executions", ["state"]);
    const lag = kit.metrics.gauge(
      "orrery_orchestration_lag_seconds",
      "Age of the oldest call that waits for its turn",
    );
    const seen = new Map<string, { readonly workflow: string; readonly status: string }>();
    let stuckNow = 0;

    async function sample(): Promise<void> {
      const db = kit.store.as<OrchestrationTables>();
      const rows = await db
        .selectFrom("execution")
        .select(({ fn }) => ["workflow", "status", fn.countAll<number>().as("n")])
        .where("open", "=", 1)
        .groupBy(["workflow", "status"])
        .execute();
      const now = new Map<string, number>();
      for (const { workflow, status, n } of rows) {
        const labels = {
          workflow,
          status:
            ExecutionStatusSchema.values.find(({ number }) => number === status)?.localName ?? String(status),
        };
        seen.set(`${workflow} ${status}`, labels);
        now.set(`${workflow} ${status}`, Number(n));
      }
      // One that is gone shows zero in place of what it was.
      for (const [name, labels] of seen) count(now.get(name) ?? 0, labels);
      const given = await db
        .selectFrom("execution")
        .select(({ fn }) => fn.countAll<number>().as("n"))
        .where("stuck", ">", 0)
        .executeTakeFirst();
      stuckNow = Number(given?.n ?? 0);
      stuck(stuckNow);
      orders(own.dispatcher?.waiting ?? 0, { state: "waiting" });
      orders(own.dispatcher?.running ?? 0, { state: "running" });
      lag((own.dispatcher?.lagMs() ?? 0) / 1_000);
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
        if (stopping.signal.aborted || !own.active) continue;
        await sample().catch((error: unknown) => kit.log.debug({ err: error }, "no figures"));
      }
    };
    const running = run();
    kit.health.add({
      name: "undos",
      kind: "notice",
      ask: () =>
        stuckNow === 0
          ? undefined
          : `${stuckNow} executions have an undo that was given up: orrery workflow list --stuck`,
    });
    kit.health.add({
      name: "order lag",
      kind: "notice",
      ask: () => {
        const ms = own.dispatcher?.lagMs() ?? 0;
        return ms > LAG_LONG_MS ? `a call has waited ${Math.round(ms / 1_000)} s for its turn` : undefined;
      },
    });
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
});
