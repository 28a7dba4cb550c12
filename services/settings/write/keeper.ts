import { ContentPolicyIssued, FlagChanged, SettingChanged, TierChanged } from "@orrery/schema/settings/v1";
import { type Kit, type Part, serviceErrors } from "@orrery/service";
import { leading } from "@orrery/simulation";
import { type Codec, type InitOf, OrreryError } from "@orrery/wire";
import { LRUCache } from "lru-cache";
import type { Config } from "../config.ts";
import type { SettingsTables } from "../tables.ts";
import { createFeed, type Feed } from "./feed.ts";
import { type Ground, readGround } from "./ground.ts";
import { type PlayerRows, readPlayer } from "./player.ts";
import type { Committed } from "./commit.ts";
import type { Job } from "./turn.ts";
import { createWriter, type Writer } from "./writer.ts";

/** All that settings keeps, in the hands of one process at a time. */
export interface Keeper {
  /** @throws what the job throws, SETTINGS_STORE_AWAY, SERVICE_NOT_READY where another process is the writer */
  submit<C extends Codec>(job: Job<C>): Promise<InitOf<C>>;
  /** @throws SERVICE_NOT_READY where another process is the writer */
  readonly ground: Ground;
  readonly active: boolean;
  readonly feed: Feed;
  readonly awaySinceMs: number | undefined;
  /** From memory where they are held; the database is asked once. */
  player(id: string): Promise<PlayerRows>;
  /** Told after each commit. @returns how to end that */
  onCommit(listener: (outcome: Committed) => void): () => void;
}

export const keeper: Part<Keeper> = {
  name: "keeper",
  publishes: [SettingChanged, FlagChanged, TierChanged, ContentPolicyIssued],
  subscribes: [],
  async start(kit: Kit) {
    const { queueLimit, cachedPlayers } = kit.config as Config;
    const db = kit.store.as<SettingsTables>();
    const players = new LRUCache<string, PlayerRows>({ max: cachedPlayers });
    const feed = createFeed();
    const listeners = new Set<(outcome: Committed) => void>();
    /** Grows with each commit and each doubt: what was read before is not put into memory after. */
    let turn = 0;
    let writer: Writer | undefined;

    function held(): Writer {
      if (writer === undefined)
        throw new OrreryError(serviceErrors.SERVICE_NOT_READY, {
          given: "another process keeps the settings",
        });
      return writer;
    }

    const lead = await leading(kit, "keeper", async (lease) => {
      const ground = await readGround(db);
      await kit.outbox.resume();
      const own = (writer = createWriter({
        kit,
        lease,
        ground,
        queueLimit,
        cached: (player) => players.get(player),
        committed(outcome) {
          turn += 1;
          for (const [id, rows] of outcome.players) players.set(id, rows);
          feed.tell(outcome.told, outcome.ground.seq);
          for (const listener of listeners) listener(outcome);
        },
        unsure() {
          turn += 1;
          players.clear();
          feed.forget();
        },
      }));
      return async () => {
        writer = undefined;
        turn += 1;
        players.clear();
        feed.forget();
        await own.close();
      };
    });
    kit.health.add({ name: "database", kind: "dependency", ask: () => writer?.problem() });
    return {
      handle: {
        submit: async (job) => held().submit(job),
        get ground() {
          return held().ground;
        },
        get active() {
          return writer !== undefined;
        },
        feed,
        get awaySinceMs() {
          return writer?.awaySinceMs;
        },
        async player(id) {
          held();
          const known = players.get(id);
          if (known !== undefined) return known;
          const asOf = turn;
          const rows = await readPlayer(db, id);
          if (asOf === turn) players.set(id, rows);
          return rows;
        },
        onCommit(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
      stop: () => lead.stop(),
    };
  },
};
