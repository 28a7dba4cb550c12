import { type TierLimits, TierChanged, TierService } from "@orrery/schema/settings/v1";
import { durableSubscription, type Kit, type Part } from "@orrery/service";
import type { Kysely } from "kysely";
import type { Executions } from "../executions.ts";
import { ALLOWANCE, type ContentTables } from "../store/content-rows.ts";
import type { Sheet } from "../write/sheet.ts";
import type { Allowance, Use } from "./ladder.ts";

const hears = { name: "tiers", subscribes: [TierChanged.typeName], durable: { order: "key" } } as const;
const DAY_MS = 86_400_000;

export interface Allowances {
  /** Knows what a player may have made; asks settings about one of whom nothing was heard. */
  know(player: string): Promise<void>;
}

/** What a player may have made, and what was made of late: within one commit. */
export async function standingOf(sheet: Sheet, player: string): Promise<{ allowed: Allowance; uses: Use[] }> {
  const db = sheet.db as unknown as Kysely<ContentTables>;
  const row = await db.selectFrom("allowance").selectAll().where("player", "=", player).executeTakeFirst();
  const uses = await db
    .selectFrom("used")
    .select(["at_ms", "rung"])
    .where("player", "=", player)
    .where("at_ms", ">", sheet.nowMs - DAY_MS)
    .orderBy("at_ms")
    .execute();
  return {
    allowed: {
      perHour: row?.per_hour ?? 0,
      perDay: row?.per_day ?? 0,
      deepPerDay: row?.deep_per_day ?? 0,
      weight: row?.weight ?? 1,
    },
    uses: uses.map(({ at_ms, rung }) => ({ atMs: Number(at_ms), rung: rung as Use["rung"] })),
  };
}

/** Hears what tiers players are of. */
export const allowancesOf = (executions: Part<Executions>): Part<Allowances> => ({
  ...hears,
  publishes: [],
  async start(kit) {
    const own = kit.part(executions);
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        const { playerId, limits, revision } = event.decode(TierChanged);
        if (limits !== undefined) await keep(own, playerId, limits, revision);
      },
    });
    await subscription.ready;
    return {
      handle: { know: (player) => know(kit, own, player) },
      stop: async () => void (await subscription.drain()),
    };
  },
});

async function know(kit: Kit, own: Executions, player: string): Promise<void> {
  const known = await kit.store
    .as<ContentTables>()
    .selectFrom("allowance")
    .select("player")
    .where("player", "=", player)
    .executeTakeFirst();
  if (known !== undefined) return;
  try {
    const { limits, tier } = await kit.client(TierService).get({ playerId: player });
    if (limits !== undefined) await keep(own, player, limits, tier?.revision ?? 0);
  } catch (error) {
    // Nobody is refused for that: they get what whoever has no more left gets.
    kit.log.debug({ err: error }, "a player's tier is not known");
  }
}

/** What is older than what is known is old news. */
const keep = (own: Executions, player: string, limits: TierLimits, revision: number): Promise<void> =>
  own.submit(async (sheet) => {
    const known = await (sheet.db as unknown as Kysely<ContentTables>)
      .selectFrom("allowance")
      .select("revision")
      .where("player", "=", player)
      .executeTakeFirst();
    if (known !== undefined && Number(known.revision) >= revision) return;
    const row = {
      ...{ player, revision },
      per_hour: limits.scenesPerHour,
      per_day: limits.scenesPerDay,
      deep_per_day: limits.deepPerDay,
      weight: limits.queueWeight,
    };
    sheet.write(ALLOWANCE, row);
  });
