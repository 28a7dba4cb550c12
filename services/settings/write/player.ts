import {
  PlayerContent,
  type PlayerContent as ContentMessage,
  PolicySnapshot,
  type PolicySnapshot as PolicyMessage,
  StoredValue,
  type StoredValue as StoredMessage,
  TierRecord,
  type TierRecord as TierMessage,
} from "@orrery/schema/settings/v1";
import { type Asked, together } from "@orrery/service";
import type { Kysely } from "kysely";
import type { SettingsTables } from "../tables.ts";
import { placeName } from "../values/place.ts";

/** Its policy stays encoded: there may be tens of thousands. */
export interface OpenSession {
  readonly world: string;
  readonly openedMs: number;
  readonly body: Uint8Array;
}

export const policyOf = ({ body }: OpenSession): PolicyMessage => PolicySnapshot.decode(body);

/** One for all of whom nothing is stored. */
const NO_VALUES: PlayerRows["values"] = new Map();

/** All that is kept about one player, but history. Never changed, only replaced. */
export interface PlayerRows {
  readonly player: string;
  /** By `placeName`. */
  readonly values: ReadonlyMap<string, StoredMessage>;
  readonly tier: TierMessage | undefined;
  readonly content: ContentMessage | undefined;
  readonly sessions: ReadonlyMap<string, OpenSession>;
}

/** Asks for a player's rows: four walks of an index, however many players there are. */
export function readingPlayer(db: Kysely<SettingsTables>, player: string): Asked<PlayerRows> {
  return {
    queries: [
      db.selectFrom("value").selectAll().where("owner", "=", player).compile(),
      db.selectFrom("player_tier").selectAll().where("player", "=", player).compile(),
      db.selectFrom("player_content").selectAll().where("player", "=", player).compile(),
      db.selectFrom("session").selectAll().where("player", "=", player).compile(),
    ],
    read([values, tiers, contents, sessions]) {
      const tier = tiers?.rows[0] as SettingsTables["player_tier"] | undefined;
      const content = contents?.rows[0] as SettingsTables["player_content"] | undefined;
      return {
        player,
        values: (values?.rows ?? []).length === 0 ? NO_VALUES : valuesIn(values?.rows ?? []),
        tier: tier && TierRecord.decode(tier.body),
        content: content && PlayerContent.decode(content.body),
        sessions: new Map(
          (sessions?.rows ?? []).map((row: SettingsTables["session"]) => [
            row.id,
            { world: row.world, openedMs: Number(row.opened_ms), body: row.body },
          ]),
        ),
      };
    },
  };
}

export async function readPlayer(db: Kysely<SettingsTables>, player: string): Promise<PlayerRows> {
  const [rows] = await together(db, readingPlayer(db, player));
  return rows;
}

const valuesIn = (rows: SettingsTables["value"][]) =>
  new Map(rows.map((row) => [placeName(row), StoredValue.decode(row.body)]));
