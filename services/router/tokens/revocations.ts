import type { Clock, Store } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { routerErrors } from "../errors.ts";
import type { Claims } from "./claims.ts";
import { LONGEST_LIFE_S } from "./verify.ts";

/**
 * Whose tokens were ended, and when: in the database that all doors of a deployment share, and at hand in each. What
 * was revoked at one door is known at the others with their next look; a door that starts later reads it first.
 */
export interface Revocations {
  /** Ends every token that a player has been given up to now. When this returns, it is kept. */
  revoke(player: string): Promise<void>;
  /** Reads what other doors have revoked. @returns players of whom that is news */
  look(): Promise<ReadonlySet<string>>;
  /** Whether a token was given before its player's were revoked. */
  ended(claims: Given): boolean;
  /** @throws ROUTER_TOKEN_EXPIRED */
  check(claims: Claims): void;
  /** The same from the database, for what outlives tokens. */
  endedSince(claims: Given): Promise<boolean>;
}

/** What a revocation is held against. */
export type Given = Pick<Claims, "player" | "role" | "issuedMs">;

/** Stands for every admin: no player is called so. */
export const ADMINS = "role:admin";

export interface RevocationTables {
  revocation: { player: string; at_ms: number };
}

/** Tokens have ended by themselves after this. */
const KEPT_MS = (LONGEST_LIFE_S + 60) * 1000;
/** Clocks of the doors' machines may differ by this much. */
const SKEW_MS = 60_000;

export async function openRevocations(store: Store, clock: Clock): Promise<Revocations> {
  const db = store.as<RevocationTables>();
  const known = new Map<string, number>();
  let newestMs = clock.now() - KEPT_MS;

  async function look(): Promise<ReadonlySet<string>> {
    const rows = await db
      .selectFrom("revocation")
      .selectAll()
      .where("at_ms", ">", newestMs - SKEW_MS)
      .execute();
    const news = new Set<string>();
    for (const { player, at_ms } of rows) {
      const atMs = Number(at_ms);
      newestMs = Math.max(newestMs, atMs);
      if (atMs <= (known.get(player) ?? 0)) continue;
      known.set(player, atMs);
      news.add(player);
    }
    return news;
  }
  await look();

  const ended: Revocations["ended"] = ({ player, role, issuedMs }) =>
    issuedMs <= Math.max(known.get(player) ?? 0, role === "admin" ? (known.get(ADMINS) ?? 0) : 0);

  return {
    async revoke(player) {
      const at_ms = clock.now();
      await db
        .insertInto("revocation")
        .values({ player, at_ms })
        .onConflict((conflict) => conflict.column("player").doUpdateSet({ at_ms }))
        .execute();
      known.set(player, at_ms);
      const over = at_ms - KEPT_MS;
      for (const [other, atMs] of known) if (atMs < over) known.delete(other);
      await db.deleteFrom("revocation").where("at_ms", "<", over).execute();
    },
    look,
    ended,
    check(claims) {
      if (ended(claims)) throw new OrreryError(routerErrors.ROUTER_TOKEN_EXPIRED, { given: "revoked" });
    },
    async endedSince({ player, role, issuedMs }) {
      const names = role === "admin" ? [player, ADMINS] : [player];
      const rows = await db.selectFrom("revocation").select("at_ms").where("player", "in", names).execute();
      return rows.some(({ at_ms }) => issuedMs <= Number(at_ms));
    },
  };
}
