import { create } from "@bufbuild/protobuf";
import {
  EntitlementStatus,
  type HeldEntitlementInit,
  HeldEntitlementSchema,
  type PlayerTier,
  PlayerTierSchema,
  Tier,
  TierChanged,
  type TierOverride,
  TierRecord,
  TierRecordSchema,
} from "@orrery/schema/settings/v1";
import { encodeBytes, PLATFORM } from "@orrery/wire";
import type { Turn } from "../write/turn.ts";
import { decideTier, reasonOf } from "./decide.ts";
import type { Plans } from "./plans.ts";

/** What moves a tier. */
export type TierCause =
  /** As payment tells of it; one that is as old as what is known, or older, changes nothing. */
  | { readonly kind: "entitlement"; readonly entitlement: HeldEntitlementInit }
  /** Undefined: it ends. */
  | { readonly kind: "override"; readonly override: TierOverride | undefined }
  | { readonly kind: "time" };

/** Takes in what moves a player's tier, and tells where tier or grace become another. */
export function applyTier(turn: Turn, plans: Plans, player: string, cause: TierCause): PlayerTier {
  const rows = turn.player(player);
  const before = rows.tier?.tier;
  let entitlements = rows.tier?.entitlements ?? [];
  let override = before?.override;
  if (cause.kind === "override") override = cause.override;
  if (cause.kind === "entitlement") {
    const told = create(HeldEntitlementSchema, cause.entitlement);
    const known = entitlements.find(({ entitlementId }) => entitlementId === told.entitlementId);
    if (known !== undefined && known.revision >= told.revision) return tierOf(player, before);
    entitlements = [...entitlements.filter((one) => one !== known), told];
  }
  const after = decideTier(entitlements, override, turn.nowMs);
  const present = tierOf(player, before);
  const moved =
    after.tier !== present.tier ||
    after.graceUntilMs !== present.graceUntilMs ||
    isOther(after.override, present.override);
  const tier = create(PlayerTierSchema, {
    playerId: player,
    tier: after.tier,
    entitlementId: after.entitlementId,
    graceUntilMs: after.graceUntilMs,
    ...(after.override && { override: after.override }),
    revision: present.revision + (moved ? 1 : 0),
  });
  const record = create(TierRecordSchema, { tier, entitlements });
  const row = { next_ms: after.nextMs ?? null, body: encodeBytes(TierRecord, record) };
  turn.keep({ ...rows, tier: record });
  turn.write(
    turn.db
      .insertInto("player_tier")
      .values({ player, ...row })
      .onConflict((conflict) => conflict.column("player").doUpdateSet(row)),
  );
  // An override that comes and goes within its tier is known to Get; there is no edge to tell of.
  if (after.tier === present.tier && after.graceUntilMs === present.graceUntilMs) return tier;
  const revoked = cause.kind === "entitlement" && cause.entitlement.status === EntitlementStatus.REVOKED;
  turn.emit(
    PLATFORM,
    TierChanged,
    {
      playerId: player,
      tier: after.tier,
      previous: present.tier,
      reason: reasonOf(before, after, revoked ? "revoked" : cause.kind),
      effectiveMs: turn.nowMs,
      graceUntilMs: after.graceUntilMs,
      limits: plans.limits(after.tier),
      revision: tier.revision,
    },
    player,
  );
  return tier;
}

/** Of whom nothing is known: free. */
export const tierOf = (player: string, known: PlayerTier | undefined): PlayerTier =>
  known ?? create(PlayerTierSchema, { playerId: player, tier: Tier.FREE });

const isOther = (a: TierOverride | undefined, b: TierOverride | undefined) =>
  a?.tier !== b?.tier || a?.untilMs !== b?.untilMs || a?.reason !== b?.reason;
