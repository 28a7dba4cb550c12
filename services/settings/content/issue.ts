import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { type Levels, signPolicy } from "@orrery/content-policy";
import {
  ContentPolicyIssued,
  PolicyReason,
  PolicySnapshot,
  PolicySnapshotSchema,
  type RatingBand,
} from "@orrery/schema/settings/v1";
import { encodeBytes } from "@orrery/wire";
import type { OpenSession } from "../write/player.ts";
import type { Turn } from "../write/turn.ts";
import type { SigningKey } from "./keys.ts";

export const POLICY_MS = 24 * 3_600_000;
/** Renewed when so much of it is over. */
export const RENEW_AT = 0.8;

export interface ToIssue {
  readonly player: string;
  readonly session: string;
  readonly world: string;
  readonly openedMs: number;
  readonly version: number;
  readonly levels: Levels;
  readonly skipRules: readonly string[];
  readonly band: RatingBand;
}

/** Signs a policy, keeps it as the session's present one, and tells of it. */
export async function issue(
  turn: Turn,
  { player, session, world, openedMs, version, levels, skipRules, band }: ToIssue,
  signing: SigningKey,
  reason: PolicyReason,
): Promise<PolicySnapshot> {
  const unsigned = create(PolicySnapshotSchema, {
    policyId: randomUUID(),
    playerId: player,
    sessionId: session,
    policyVersion: version,
    levels: [...levels],
    skipRules: [...skipRules],
    ratingBand: band,
    issuedMs: turn.nowMs,
    expiresMs: turn.nowMs + POLICY_MS,
    keyId: signing.id,
    worldId: world,
  });
  const signature = await signPolicy(unsigned, signing.key);
  const policy = create(PolicySnapshotSchema, { ...unsigned, signature });
  const body = encodeBytes(PolicySnapshot, policy);
  const renew_ms = turn.nowMs + POLICY_MS * RENEW_AT;
  turn.write(
    turn.db
      .insertInto("session")
      .values({ id: session, player, world, opened_ms: openedMs, renew_ms, body })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ renew_ms, body })),
    turn.db.insertInto("policy").values({ id: policy.policyId, player, expires_ms: policy.expiresMs, body }),
  );
  const rows = turn.player(player);
  const open: OpenSession = { world, openedMs, body };
  turn.keep({ ...rows, sessions: new Map(rows.sessions).set(session, open) });
  const { $typeName: _, $unknown: __, ...told } = policy;
  turn.emit(world, ContentPolicyIssued, { ...told, reason }, player);
  return policy;
}
