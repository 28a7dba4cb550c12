import { create, toBinary } from "@bufbuild/protobuf";
import { Execution, ExecutionSchema } from "@orrery/schema/orchestration/v1";
import { type Kit, type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { Executions } from "../executions.ts";
import type { ContentTables } from "../store/content-rows.ts";
import type { OrchestrationTables } from "../store/rows.ts";

type Db = Kysely<OrchestrationTables>;
type Content = Kysely<ContentTables>;

const KEPT_MS = 90 * 86_400_000;
const USED_MS = 86_400_000;
const LOOK_EVERY_MS = 3_600_000;
const PAGE = 200;
/** Who stands in the place of a player that was erased. */
const NOBODY = "player:erased";

export interface Forgetting {
  /** Puts nobody in a player's place, now, and in what of theirs is still open when it ends. @returns how many were closed */
  erase(player: string): Promise<number>;
  /** Forgets what ended 90 days ago. @returns how many */
  sweep(): Promise<number>;
}

export const forgettingOf = (executions: Part<Executions>): Part<Forgetting> => ({
  name: "forgetting",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const own = kit.part(executions);
    const stopping = new AbortController();
    const db = kit.store.as<OrchestrationTables>();

    async function scrubAll(player: string): Promise<number> {
      for (let count = 0; ; ) {
        const done = await own.submit((sheet) => scrub(sheet.db as unknown as Db, player));
        count += done;
        if (done < PAGE) return count;
      }
    }

    async function sweep(): Promise<number> {
      const before = kit.clock.now() - KEPT_MS;
      for (const { subject } of await db.selectFrom("erasing").select("subject").execute())
        await scrubAll(subject);
      await own.submit(async ({ db: tx, nowMs }) => {
        await (tx as unknown as Db).deleteFrom("erasing").where("at_ms", "<", before).execute();
        await (tx as unknown as Content)
          .deleteFrom("used")
          .where("at_ms", "<", nowMs - USED_MS)
          .execute();
        await (tx as unknown as Content).deleteFrom("made").where("at_ms", "<", before).execute();
      });
      for (let count = 0; ; ) {
        const done = await own.submit((sheet) => forget(sheet.db as unknown as Db, before));
        count += done;
        if (done < PAGE) return count;
      }
    }

    const running = keepSweeping(kit, own, sweep, stopping.signal);
    return {
      handle: {
        sweep,
        async erase(player) {
          if (!own.active)
            throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: "the executions" });
          await own.submit(async ({ db: tx, nowMs }) => {
            await (tx as unknown as Content).deleteFrom("allowance").where("player", "=", player).execute();
            await (tx as unknown as Content).deleteFrom("used").where("player", "=", player).execute();
            const row = { subject: player, at_ms: nowMs };
            await (tx as unknown as Db)
              .insertInto("erasing")
              .values(row)
              .onConflict((conflict) => conflict.column("subject").doUpdateSet({ at_ms: nowMs }))
              .execute();
          });
          return scrubAll(player);
        },
      },
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
});

async function keepSweeping(
  kit: Kit,
  own: Executions,
  sweep: () => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await kit.clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted || !own.active) continue;
    await sweep().catch((error: unknown) => kit.log.debug({ err: error }, "nothing was forgotten this time"));
  }
}

/** That it was, how it ended and a digest of its input stay; what was asked, answered and said in it goes. */
async function scrub(db: Db, player: string): Promise<number> {
  const rows = await db
    .selectFrom("execution")
    .select(["id", "body"])
    .where("open", "=", 0)
    .where("owner", "=", player)
    .limit(PAGE)
    .execute();
  for (const { id, body } of rows) {
    const {
      executionId,
      workflowId,
      workflowVersion,
      worldId,
      status,
      startedMs,
      endedMs,
      inputSha256,
      seq,
    } = Execution.decode(body);
    const left = create(ExecutionSchema, {
      ...{ executionId, workflowId, workflowVersion, worldId, status, startedMs, endedMs, inputSha256, seq },
      ownerId: NOBODY,
    });
    await db
      .updateTable("execution")
      .set({ owner: NOBODY, body: toBinary(ExecutionSchema, left) })
      .where("id", "=", id)
      .execute();
    await db.deleteFrom("history").where("execution", "=", id).execute();
  }
  return rows.length;
}

async function forget(db: Db, before: number): Promise<number> {
  const rows = await db
    .selectFrom("execution")
    .select("id")
    .where("open", "=", 0)
    .where("ended_ms", "<", before)
    .limit(PAGE)
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await db.deleteFrom("history").where("execution", "in", ids).execute();
  await db.deleteFrom("asked").where("execution", "in", ids).execute();
  await db.deleteFrom("execution").where("id", "in", ids).execute();
  return ids.length;
}
