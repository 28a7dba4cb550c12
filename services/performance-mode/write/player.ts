import {
  KeptPolicy,
  type KeptPolicy as Policy,
  Profile,
  type Profile as ProfileMessage,
} from "@orrery/schema/performance/v1";
import { type Asked, together } from "@orrery/service";
import type { Kysely } from "kysely";
import type { PerformanceTables } from "../tables.ts";

/** All that is kept about one player but open sessions. Never changed, only replaced. */
export interface PlayerRows {
  readonly player: string;
  /** By device, the one that was there last at the end. */
  readonly profiles: ReadonlyMap<string, ProfileMessage>;
  /** By world. */
  readonly policies: ReadonlyMap<string, Policy>;
}

export function readingPlayer(db: Kysely<PerformanceTables>, player: string): Asked<PlayerRows> {
  return {
    queries: [
      db.selectFrom("profile").selectAll().where("player", "=", player).orderBy("seen_ms").compile(),
      db.selectFrom("policy").selectAll().where("player", "=", player).compile(),
    ],
    read([profiles, policies]) {
      const own = (profiles?.rows ?? []) as PerformanceTables["profile"][];
      const allowed = (policies?.rows ?? []) as PerformanceTables["policy"][];
      return {
        player,
        profiles: new Map(own.map(({ device, body }) => [device, Profile.decode(body)])),
        policies: new Map(allowed.map(({ world, body }) => [world, KeptPolicy.decode(body)])),
      };
    },
  };
}

export async function readPlayer(db: Kysely<PerformanceTables>, player: string): Promise<PlayerRows> {
  const [rows] = await together(db, readingPlayer(db, player));
  return rows;
}
