import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { SignJWT } from "jose";
import type { Clock, Store } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { routerErrors } from "../errors.ts";
import type { SigningKeys } from "./keys.ts";
import type { Revocations } from "./revocations.ts";
import { DEVELOPMENT_ISSUER } from "./verify.ts";

export interface RefreshTables {
  refresh_token: { digest: string; player: string; role: string; device: string; expires_ms: number };
}

export interface Issued {
  readonly token: string;
  readonly refreshToken: string;
  readonly playerId: string;
  readonly expiresMs: number;
  readonly scopes: readonly string[];
}

const LIFE_MS = 15 * 60_000;
const REFRESH_LIFE_MS = 30 * 86_400_000;
const SCOPES = { player: ["world:observe"], admin: ["world:observe", "time:skip"] } as const;

const digestOf = (secret: string) => createHash("sha256").update(secret).digest("base64url");

/** Tokens for guests and for the owner of this machine, as long as nobody configured a real issuer. */
export interface Issuer {
  issue(deviceId: string, playerId: string, adminSecret: string): Promise<Issued>;
  /** @throws ROUTER_TOKEN_INVALID when it was used before */
  refresh(refreshToken: string): Promise<Issued>;
  /** Ends the refresh tokens of a player whose tokens were revoked before. */
  forget(player: string): Promise<void>;
}

export function createIssuer(
  store: Store,
  keys: SigningKeys,
  audience: string,
  adminSecret: string,
  clock: Clock,
  revocations: Pick<Revocations, "endedSince">,
): Issuer {
  const db = store.as<RefreshTables>();

  async function give(player: string, role: "player" | "admin", device: string): Promise<Issued> {
    const now = clock.now();
    const expiresMs = now + LIFE_MS;
    const scopes = SCOPES[role];
    const token = await new SignJWT({ role, scope: scopes.join(" "), worlds: "*" })
      .setProtectedHeader({ alg: "EdDSA" })
      .setIssuer(DEVELOPMENT_ISSUER)
      .setAudience(audience)
      .setSubject(player)
      .setJti(randomUUID())
      // With its fraction: who signs in again within the second of a revocation is not taken for who was before.
      .setIssuedAt(now / 1000)
      .setExpirationTime(new Date(expiresMs))
      .sign(keys.privateKey);
    const refreshToken = randomBytes(32).toString("base64url");
    const digest = digestOf(refreshToken);
    const row = { digest, player, role, device, expires_ms: now + REFRESH_LIFE_MS };
    await db.insertInto("refresh_token").values(row).execute();
    // Revoked meanwhile, at any door: that forgot the refresh tokens there were, perhaps before this one was there.
    if (await revocations.endedSince(player, now)) {
      await db.deleteFrom("refresh_token").where("digest", "=", digest).execute();
      throw new OrreryError(routerErrors.ROUTER_TOKEN_EXPIRED, { given: "revoked" });
    }
    return { token, refreshToken, playerId: player, expiresMs, scopes };
  }

  return {
    issue(deviceId, playerId, secret) {
      if (secret !== "") {
        if (!sameSecret(secret, adminSecret))
          throw new OrreryError(routerErrors.ROUTER_TOKEN_SIGNATURE, { given: "admin_secret" });
        return give(playerId || "operator", "admin", deviceId);
      }
      // A guest's id follows from the device, so that its owner finds itself again.
      const guest = deviceId === "" ? randomUUID().slice(0, 8) : digestOf(deviceId).slice(0, 10);
      return give(`player:guest-${guest.toLowerCase()}`, "player", deviceId);
    },
    async refresh(refreshToken) {
      const digest = digestOf(refreshToken);
      const row = await db
        .selectFrom("refresh_token")
        .selectAll()
        .where("digest", "=", digest)
        .executeTakeFirst();
      const taken = await db.deleteFrom("refresh_token").where("digest", "=", digest).executeTakeFirst();
      if (row === undefined || Number(taken.numDeletedRows) === 0 || Number(row.expires_ms) < clock.now()) {
        throw new OrreryError(routerErrors.ROUTER_TOKEN_INVALID, { given: "refresh_token" });
      }
      return give(row.player, row.role as "player" | "admin", row.device);
    },
    async forget(player) {
      await db.deleteFrom("refresh_token").where("player", "=", player).execute();
    },
  };
}

function sameSecret(given: string, kept: string): boolean {
  const [a, b] = [createHash("sha256").update(given).digest(), createHash("sha256").update(kept).digest()];
  return kept !== "" && timingSafeEqual(a, b);
}
