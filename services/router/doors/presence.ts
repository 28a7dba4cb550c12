import type { Clock, Store } from "@orrery/service";
import { gather } from "./gather.ts";

/**
 * Who is in, through whichever door: of each player's device the newest session, from its ClientConnected to its
 * ClientDisconnected. The doors of a deployment share it in their database; who is taken over at another door is
 * written down for that door, which looks there each half second.
 */
export interface Presence {
  /** As what the device is in, here or at another door; undefined: it is not. */
  known(device: Pick<Entry, "player" | "device">): Promise<Found | undefined>;
  /** The content policy of a session is another one. @param opened as settings knows it */
  repolicy(opened: string, policy: string): Promise<void>;
  /** The newest of its device from now on. @returns as what the device was in already, here or at another door */
  enter(entry: Entry): Promise<Before | undefined>;
  /** A player's tier is another one. */
  retier(player: string, tier: string): Promise<void>;
  /** Nobody came back. @returns whether it was still the newest: then the device is out now */
  gone(session: string): Promise<boolean>;
  /** Sessions of this door that were taken over at another one since this was last asked. */
  takenOver(): Promise<readonly string[]>;
  /** Who was in at this door when its process ended without a word. */
  leftBehind(): Promise<readonly Entry[]>;
}

/** What settings said of a session. */
export interface Opened {
  readonly world: string;
  /** Under which settings knows it; empty: it does not. */
  readonly opened: string;
  readonly tier: string;
  readonly policy: string;
}

/** Who is in, as it is written down. */
export interface Found extends Opened {
  readonly door: string;
  readonly connectedMs: number;
}

export interface Entry extends Opened {
  readonly session: string;
  readonly player: string;
  readonly device: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly connectedMs: number;
}

/** The session whose place another one of its device has taken. */
export type Before = Pick<Entry, "session" | "world" | "opened" | "engine" | "engineVersion" | "connectedMs">;

export interface PresenceTables {
  presence: {
    player: string;
    device: string;
    session: string;
    door: string;
    /** Whose place this session took, and where that was; null: the device was not in. */
    before_door: string | null;
    before_session: string | null;
    before_opened: string;
    before_world: string;
    before_engine: string;
    before_engine_version: string;
    before_connected_ms: number;
    opened: string;
    tier: string;
    policy: string;
    world: string;
    engine: string;
    engine_version: string;
    connected_ms: number;
  };
  taken_over: { session: string; door: string; at_ms: number };
}

const NOBODY = {
  before_opened: "",
  before_world: "",
  before_engine: "",
  before_engine_version: "",
  before_connected_ms: 0,
};
/** What a door that never came back was told is forgotten after this. */
const FORGOTTEN_MS = 3_600_000;

export function createPresence(store: Store, door: string, clock: Clock): Presence {
  const db = store.as<PresenceTables>();

  /** @param entries no device twice */
  async function enterSome(entries: readonly Entry[]) {
    const rows = entries.map(({ engineVersion, connectedMs, ...rest }) => {
      return { ...rest, ...NOBODY, door, engine_version: engineVersion, connected_ms: connectedMs };
    });
    // One statement: whose place was taken is read under the lock under which it is taken.
    return db
      .insertInto("presence")
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(["player", "device"]).doUpdateSet(({ ref }) => ({
          before_door: ref("presence.door"),
          before_session: ref("presence.session"),
          before_opened: ref("presence.opened"),
          before_world: ref("presence.world"),
          before_engine: ref("presence.engine"),
          before_engine_version: ref("presence.engine_version"),
          before_connected_ms: ref("presence.connected_ms"),
          opened: ref("excluded.opened"),
          tier: ref("excluded.tier"),
          policy: ref("excluded.policy"),
          session: ref("excluded.session"),
          door: ref("excluded.door"),
          world: ref("excluded.world"),
          engine: ref("excluded.engine"),
          engine_version: ref("excluded.engine_version"),
          connected_ms: ref("excluded.connected_ms"),
        })),
      )
      .returning(["session", "before_door", "before_session"])
      .returning(["before_opened", "before_world", "before_engine"])
      .returning(["before_engine_version", "before_connected_ms"])
      .execute();
  }

  async function tell(others: readonly { before_door: string | null; before_session: string | null }[]) {
    const at_ms = clock.now();
    const rows = others.flatMap(({ before_door, before_session }) =>
      before_door === null || before_session === null || before_door === door
        ? []
        : [{ session: before_session, door: before_door, at_ms }],
    );
    if (rows.length === 0) return;
    await db
      .insertInto("taken_over")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  return {
    enter: gather(clock, async (entries: readonly Entry[]) => {
      const were = new Map<string, Before>();
      for (const some of eachDeviceOnce(entries)) {
        const entered = await enterSome(some);
        await tell(entered);
        for (const row of entered)
          if (row.before_session !== null)
            were.set(row.session, {
              session: row.before_session,
              world: row.before_world,
              opened: row.before_opened,
              engine: row.before_engine,
              engineVersion: row.before_engine_version,
              connectedMs: Number(row.before_connected_ms),
            });
      }
      return entries.map(({ session }) => were.get(session));
    }),
    known: gather(clock, async (devices: readonly Pick<Entry, "player" | "device">[]) => {
      const players = [...new Set(devices.map(({ player }) => player))];
      const names = [...new Set(devices.map(({ device }) => device))];
      const rows = await db
        .selectFrom("presence")
        .select(["player", "device", "world", "opened", "tier", "policy", "door", "connected_ms"])
        .where("player", "in", players)
        .where("device", "in", names)
        .execute();
      const found = new Map(
        rows.map((row) => [nameOf(row), { ...row, connectedMs: Number(row.connected_ms) }]),
      );
      return devices.map((one) => found.get(nameOf(one)));
    }),
    gone: gather(clock, async (sessions: readonly string[]) => {
      const rows = await db
        .deleteFrom("presence")
        .where("session", "in", [...sessions])
        .returning("session")
        .execute();
      const out = new Set(rows.map(({ session }) => session));
      return sessions.map((session) => out.has(session));
    }),
    async retier(player, tier) {
      await db.updateTable("presence").set({ tier }).where("player", "=", player).execute();
    },
    async repolicy(opened, policy) {
      await db.updateTable("presence").set({ policy }).where("opened", "=", opened).execute();
    },
    async takenOver() {
      const rows = await db.selectFrom("taken_over").select("session").where("door", "=", door).execute();
      const sessions = rows.map(({ session }) => session);
      if (sessions.length > 0) await db.deleteFrom("taken_over").where("session", "in", sessions).execute();
      return sessions;
    },
    async leftBehind() {
      await db
        .deleteFrom("taken_over")
        .where("at_ms", "<", clock.now() - FORGOTTEN_MS)
        .execute();
      const rows = await db.selectFrom("presence").selectAll().where("door", "=", door).execute();
      return rows.map(({ engine_version: engineVersion, connected_ms, ...row }) => {
        const { session, player, device, world, opened, tier, policy, engine } = row;
        const connectedMs = Number(connected_ms);
        return { session, player, device, world, opened, tier, policy, engine, engineVersion, connectedMs };
      });
    },
  };
}

const nameOf = ({ player, device }: Pick<Entry, "player" | "device">) => `${player}\n${device}`;

/** In lists in which no device is twice; those of one device stay in their order. */
function eachDeviceOnce(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const lists: Entry[][] = [];
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const name = `${entry.player}\n${entry.device}`;
    const at = counts.get(name) ?? 0;
    counts.set(name, at + 1);
    const list = lists[at] ?? [];
    list.push(entry);
    lists[at] = list;
  }
  return lists;
}
