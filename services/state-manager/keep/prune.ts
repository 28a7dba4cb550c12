import type { Kit, KitTables, Part } from "@orrery/service";
import type { Kysely } from "kysely";
import { collections } from "../collections/part.ts";
import { objects } from "../objects.ts";
import { valueAt } from "../read/value-at.ts";
import type { StateTables } from "../tables.ts";
import { encodeValue } from "../value/message.ts";
import type { Head } from "../write/ground.ts";

const EVERY_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
/** Changes looked at between two turns of other work. */
const PAGE = 500;

/**
 * Forgets history beyond what collections ask for. Each change is looked at twice in its life: a day old, when watches
 * no longer need it and its object's oldest versions may go, and when the collection's days are over.
 */
export const prune: Part<{ sweep(): Promise<number> }> = {
  name: "prune",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    /** Seqs that were looked at, by head and by pass; after a restart they are looked at once more. */
    const passed = new Map<string, number>();
    const sweep = () => sweepAll(kit, passed, stopping.signal);
    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(EVERY_MS, stopping.signal);
        if (stopping.signal.aborted || !kit.part(objects).active) continue;
        await sweep().catch((error: unknown) => kit.log.warn({ err: error }, "history was not pruned"));
      }
    };
    const running = run();
    return {
      handle: { sweep },
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};

async function sweepAll(kit: Kit, passed: Map<string, number>, signal: AbortSignal): Promise<number> {
  const registry = kit.part(collections);
  const db = kit.store.as<StateTables>();
  const now = kit.clock.now();
  let dropped = 0;
  for (const head of kit.part(objects).ground.heads.values()) {
    const { versions, days } = registry.kept(head.world, head.collection).history;
    for (const [pass, ageMs] of [
      ["versions", DAY_MS],
      ["days", Math.max(DAY_MS, days * DAY_MS)],
    ] as const) {
      const name = `${pass} ${head.id}`;
      for (;;) {
        if (signal.aborted) return dropped;
        const rows = await aged(db, head, passed.get(name) ?? 0, now - ageMs);
        const last = rows.at(-1);
        if (last === undefined) break;
        const newest = new Map<number, number>();
        for (const { object, version } of rows) newest.set(object, version);
        for (const [object, version] of newest)
          dropped += await forget(db, object, pass === "days" ? version : undefined, versions, now - DAY_MS);
        passed.set(name, last.seq);
      }
    }
  }
  await kit.store.as<KitTables>().deleteFrom("answer").where("until_ms", "<=", now).execute();
  return dropped;
}

async function aged(db: Kysely<StateTables>, head: Head, after: number, beforeMs: number) {
  const rows = await db
    .selectFrom("change")
    .select(["seq", "object", "version", "at_ms"])
    .where("head", "=", head.id)
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(PAGE)
    .execute();
  const young = rows.findIndex(({ at_ms }) => at_ms >= beforeMs);
  return young < 0 ? rows : rows.slice(0, young);
}

/** Forgets an object's changes up to a version, but keeps whole what slots hold on to and what the rest builds on. */
async function forget(
  db: Kysely<StateTables>,
  object: number,
  upTo: number | undefined,
  versions: number,
  beforeMs: number,
): Promise<number> {
  const row = await db.selectFrom("object").select("version").where("id", "=", object).executeTakeFirst();
  const newest = await db
    .selectFrom("change")
    .select(({ fn }) => fn.max("version").as("version"))
    .where("object", "=", object)
    .where("at_ms", "<", beforeMs)
    .executeTakeFirst();
  const base = Math.min(Number(newest?.version ?? 0), upTo ?? (row?.version ?? 0) - versions);
  if (base < 1) return 0;
  return db.transaction().execute(async (tx) => {
    const pins = await tx
      .selectFrom("pin")
      .select("version")
      .where("object", "=", object)
      .where("version", "<=", base)
      .execute();
    const whole = [...new Set([base, ...pins.map(({ version }) => version)])];
    for (const version of whole) {
      const then = await valueAt(tx, object, { version });
      if (then?.value === undefined) continue;
      await tx
        .insertInto("snapshot")
        .values({ object, version, value: encodeValue(then.value) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    const { numDeletedRows } = await tx
      .deleteFrom("change")
      .where("object", "=", object)
      .where("version", "<=", base)
      .where("at_ms", "<", beforeMs)
      .executeTakeFirst();
    await tx
      .deleteFrom("snapshot")
      .where("object", "=", object)
      .where("version", "<", base)
      .where("version", "not in", whole)
      .execute();
    return Number(numDeletedRows);
  });
}
