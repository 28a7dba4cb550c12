import {
  CloseSessionResponse,
  GetResponse,
  PutResponse,
  type Scope,
  SettingChanged,
} from "@orrery/schema/settings/v1";
import type { Kit, KitTables, Part } from "@orrery/service";
import { closeSession, renewSessions, tightenSessions } from "../content/sessions.ts";
import { signer } from "../content/signer.ts";
import { isCeiling } from "../content/world.ts";
import { definitions } from "../definitions/part.ts";
import { doStep, dueFlags } from "../flags/due.ts";
import type { SettingsTables } from "../tables.ts";
import { applyTier } from "../tiers/apply.ts";
import { plans } from "../tiers/plans.ts";
import { keeper } from "../write/keeper.ts";
import { repairValues } from "./repair.ts";

const LOOK_EVERY_MS = 1_000;
/** What is over is forgotten once in so many looks. */
const FORGET_EVERY = 60;
const PAGE = 200;
const DAY_MS = 86_400_000;
/** Open for longer than anybody plays: whoever opened it is gone. */
const SESSION_MOST_MS = 30 * DAY_MS;
/** Policies that are over are known so long, for reports. */
const POLICY_KEPT_MS = 30 * DAY_MS;
/** Later than this a step of a schedule is worth a look. */
const LATE_MS = 10_000;

/** A commit without anything in it. */
const NOTHING = { players: [], reply: CloseSessionResponse, run: () => ({}) };

/** What happens by itself: steps of schedules, tiers that end, policies that are renewed, worlds whose ceilings sink. */
export const sweeps: Part<void> = {
  name: "sweeps",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    /** Worlds whose ceilings may have sunk; empty: all. */
    const sunken = new Set<string>([""]);
    let led = false;
    let looks = 0;
    const stopListening = kit.part(keeper).onCommit(({ emitted }) => {
      for (const { codec, init } of emitted) {
        const { key, scope, scopeId } = init as { key: string; scope: Scope; scopeId: string };
        if (codec === SettingChanged && isCeiling(key, scope)) sunken.add(scopeId);
      }
    });

    async function look(): Promise<void> {
      // Nobody may write for a while: whether the database is back is found out here.
      if (kit.part(keeper).awaySinceMs !== undefined) await kit.part(keeper).submit(NOTHING);
      if (!led) await repairValues(kit, kit.part(definitions));
      led = true;
      await flagSteps(kit);
      await tiers(kit);
      for (const world of [...sunken]) {
        sunken.delete(world);
        await tightenWorld(kit, world).catch((error: unknown) => {
          sunken.add(world);
          throw error;
        });
      }
      await sessions(kit);
      if (looks++ % FORGET_EVERY === 0) await forget(kit);
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        if (kit.part(keeper).active)
          await look().catch((error: unknown) =>
            kit.log.warn({ err: error }, "not all that was due was done"),
          );
        else led = false;
        await kit.clock.sleep(LOOK_EVERY_MS, stopping.signal);
      }
    };
    const running = run();
    kit.health.add({
      name: "schedules",
      kind: "progress",
      ask() {
        if (!kit.part(keeper).active) return undefined;
        const late = dueFlags(kit.part(keeper).ground.flags, kit.hostMs() - LATE_MS);
        return late.length === 0 ? undefined : `steps of ${late.map(({ key }) => key).join(", ")} are late`;
      },
    });
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        stopListening();
        await running;
      },
    };
  },
};

async function flagSteps(kit: Kit): Promise<void> {
  const { ground, submit } = kit.part(keeper);
  for (const { key } of dueFlags(ground.flags, kit.hostMs()))
    for (let more = true; more; ) {
      const { changed } = await submit({
        players: [],
        reply: PutResponse,
        run: (turn) => ({ changed: doStep(turn, key) }),
      });
      more = changed === true;
    }
}

async function tiers(kit: Kit): Promise<void> {
  const due = await kit.store
    .as<SettingsTables>()
    .selectFrom("player_tier")
    .select("player")
    .where("next_ms", "<=", kit.hostMs())
    .limit(PAGE)
    .execute();
  const own = kit.part(plans);
  const { submit } = kit.part(keeper);
  await Promise.all(
    due.map(({ player }) =>
      submit({
        players: [player],
        reply: GetResponse,
        run: (turn) => ({ tier: applyTier(turn, own, player, { kind: "time" }) }),
      }),
    ),
  );
}

/** @param world empty: every world */
async function tightenWorld(kit: Kit, world: string): Promise<void> {
  const { signing } = await kit.part(signer).keys();
  const registry = kit.part(definitions);
  const db = kit.store.as<SettingsTables>();
  for (let after = ""; ; ) {
    let query = db.selectFrom("session").select("player").distinct().where("player", ">", after);
    if (world !== "") query = query.where("world", "=", world);
    const rows = await query.orderBy("player").limit(PAGE).execute();
    await Promise.all(
      rows.map(({ player }) =>
        kit.part(keeper).submit({
          players: [player],
          reply: CloseSessionResponse,
          run: async (turn) => {
            await tightenSessions(turn, registry, player, signing);
            return {};
          },
        }),
      ),
    );
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.player;
  }
}

async function sessions(kit: Kit): Promise<void> {
  const nowMs = kit.hostMs();
  const due = await kit.store
    .as<SettingsTables>()
    .selectFrom("session")
    .select(["id", "player", "opened_ms"])
    .where("renew_ms", "<=", nowMs)
    .limit(PAGE)
    .execute();
  if (due.length === 0) return;
  const { signing } = await kit.part(signer).keys();
  await Promise.all(
    due.map(({ id, player, opened_ms }) =>
      kit.part(keeper).submit({
        players: [player],
        reply: CloseSessionResponse,
        run: async (turn) => {
          if (nowMs - Number(opened_ms) > SESSION_MOST_MS) return { closed: closeSession(turn, player, id) };
          await renewSessions(turn, player, signing);
          return {};
        },
      }),
    ),
  );
}

async function forget(kit: Kit): Promise<void> {
  const nowMs = kit.hostMs();
  await kit.store.as<KitTables>().deleteFrom("answer").where("until_ms", "<=", nowMs).execute();
  await kit.store
    .as<SettingsTables>()
    .deleteFrom("policy")
    .where("expires_ms", "<=", nowMs - POLICY_KEPT_MS)
    .execute();
}
