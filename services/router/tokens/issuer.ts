import { createHash, randomBytes, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { Clock, Store } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { routerErrors } from "../errors.ts";
import type { AdminSecret } from "./admin-secret.ts";
import type { SigningKeys } from "./keys.ts";
import { ADMINS, type Revocations } from "./revocations.ts";
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

/** Who wants a token. */
export interface Applicant {
  readonly deviceId: string;
  /** Empty: a guest. */
  readonly adminSecret: string;
  readonly playerId: string;
  readonly deviceSecret: string;
}

const LIFE_MS = 15 * 60_000;
const REFRESH_LIFE_MS = 30 * 86_400_000;
/** Refresh tokens that have expired are looked for this often. */
const PRUNE_MS = 60_000;
const LENGTHS = { deviceId: 128, playerId: 128, secret: { least: 16, most: 128 } } as const;
const GUEST_LENGTH = 16;
const SCOPES = { player: ["world:observe"], admin: ["world:observe", "time:skip"] } as const;

const digestOf = (secret: string) => createHash("sha256").update(secret).digest("base64url");

/** Tokens for guests and for the owner of this machine, as long as nobody configured a real issuer. */
export interface Issuer {
  /** @returns a guest's secret besides @throws ROUTER_TOKEN_SIGNATURE, ROUTER_TOKEN_INVALID */
  issue(applicant: Applicant): Promise<Issued & { readonly deviceSecret: string }>;
  /** @throws ROUTER_TOKEN_INVALID when it was used before */
  refresh(refreshToken: string): Promise<Issued>;
  /** Ends the refresh tokens of a player whose tokens were revoked before. */
  forget(player: string): Promise<void>;
  /** Makes another key for operators, and ends what was given for the old one. */
  rotateKey(): Promise<string>;
}

export function createIssuer(
  store: Store,
  keys: SigningKeys,
  audience: string,
  adminSecret: AdminSecret,
  clock: Clock,
  revocations: Pick<Revocations, "endedSince" | "revoke">,
): Issuer {
  const db = store.as<RefreshTables>();

  let prunedMs = Number.NEGATIVE_INFINITY;

  async function prune(now: number): Promise<void> {
    if (now - prunedMs < PRUNE_MS) return;
    prunedMs = now;
    await db.deleteFrom("refresh_token").where("expires_ms", "<", now).execute();
  }

  async function give(player: string, role: "player" | "admin", device: string): Promise<Issued> {
    const now = clock.now();
    await prune(now);
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
    if (await revocations.endedSince({ player, role, issuedMs: now })) {
      await db.deleteFrom("refresh_token").where("digest", "=", digest).execute();
      throw new OrreryError(routerErrors.ROUTER_TOKEN_EXPIRED, { given: "revoked" });
    }
    return { token, refreshToken, playerId: player, expiresMs, scopes };
  }

  return {
    async issue({ deviceId, adminSecret: key, playerId, deviceSecret: given }) {
      checkLength("device_id", deviceId, 0, LENGTHS.deviceId);
      if (key !== "") {
        if (!adminSecret.matches(key))
          throw new OrreryError(routerErrors.ROUTER_TOKEN_SIGNATURE, { given: "admin_secret" });
        checkLength("player_id", playerId, 0, LENGTHS.playerId);
        return { ...(await give(playerId || "operator", "admin", deviceId)), deviceSecret: "" };
      }
      if (given !== "") checkLength("device_secret", given, LENGTHS.secret.least, LENGTHS.secret.most);
      // A guest's id follows from a secret of its own, so that its owner finds itself again and nobody else does.
      const deviceSecret = given || randomBytes(24).toString("base64url");
      const guest = digestOf(`guest ${deviceSecret}`).slice(0, GUEST_LENGTH).toLowerCase();
      return { ...(await give(`player:guest-${guest}`, "player", deviceId)), deviceSecret };
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
    async rotateKey() {
      const key = adminSecret.rotate();
      await revocations.revoke(ADMINS);
      await db.deleteFrom("refresh_token").where("role", "=", "admin").execute();
      return key;
    },
  };
}

function checkLength(field: string, { length }: string, least: number, most: number): void {
  if (length >= least && length <= most) return;
  const given = `${field} of ${length} characters, ${least}..${most}`;
  throw new OrreryError(routerErrors.ROUTER_TOKEN_INVALID, { given });
}
