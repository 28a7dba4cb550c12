import type { Execution } from "@orrery/schema/orchestration/v1";
import type { Kit } from "@orrery/service";
import type { Registry } from "../definitions/registry.ts";
import { dueAt } from "../engine/apply.ts";
import { NEVER_MS, type OrchestrationTables } from "../store/rows.ts";
import type { Writer } from "../write/writer.ts";

/** Tells executions that the time of something in them has come. What waits for nothing costs nothing. */
export interface Due {
  /** At executions as they were committed. */
  look(touched: ReadonlyMap<string, Execution>, registry: Registry): void;
  close(): Promise<void>;
}

const PAGE = 256;
const AFTER_FAILURE_MS = 1_000;
/** A host's clock may be set, and a sleep that was begun before is then too long. */
const LOOK_AGAIN_MS = 1_000;

export function createDue(kit: Kit, writer: Writer): Due {
  const db = kit.store.as<OrchestrationTables>();
  const stopping = new AbortController();
  /** When the next of all comes due; before the first look: at once. */
  let nextMs = 0;
  let waking = new AbortController();

  async function page(): Promise<number> {
    const now = kit.clock.now();
    const rows = await db
      .selectFrom("execution")
      .select("id")
      .where("open", "=", 1)
      .where("due_ms", "<=", now)
      .orderBy("due_ms")
      .limit(PAGE)
      .execute();
    const value = { $typeName: "orchestration.v1.DueInput" } as const;
    await Promise.all(rows.map(({ id }) => writer.submit((sheet) => sheet.tell(id, { case: "due", value }))));
    return rows.length;
  }

  async function earliest(): Promise<number> {
    const row = await db
      .selectFrom("execution")
      .select("due_ms")
      .where("open", "=", 1)
      .orderBy("due_ms")
      .limit(1)
      .executeTakeFirst();
    return Number(row?.due_ms ?? NEVER_MS);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const now = kit.clock.now();
        if (nextMs > now) {
          waking = new AbortController();
          const signal = AbortSignal.any([waking.signal, stopping.signal]);
          await kit.clock.sleep(Math.min(nextMs - now, LOOK_AGAIN_MS), signal);
          continue;
        }
        // What a commit says meanwhile is not overwritten by what was read before it.
        nextMs = NEVER_MS;
        if ((await page()) === PAGE) nextMs = 0;
        else nextMs = Math.min(nextMs, await earliest());
      } catch (error) {
        kit.log.debug({ err: error }, "what is due was not looked at");
        await kit.clock.sleep(AFTER_FAILURE_MS, stopping.signal);
        nextMs = 0;
      }
    }
  }

  const running = run();
  return {
    look(touched, registry) {
      for (const execution of touched.values()) {
        const due = dueAt(registry.of(execution.workflowId, execution.workflowVersion), execution);
        if (due >= nextMs) continue;
        nextMs = due;
        waking.abort();
      }
    },
    async close() {
      stopping.abort();
      await running;
    },
  };
}
