import {
  EntitlementStatus,
  type HeldEntitlement,
  type PlayerTier,
  Tier,
  type TierOverride,
  TierReason,
} from "@orrery/schema/settings/v1";

/** What a player's tier comes to at a moment. */
export interface Decided {
  readonly tier: Tier;
  /** Empty: none counts. */
  readonly entitlementId: string;
  /** 0: no grace. */
  readonly graceUntilMs: number;
  readonly override: TierOverride | undefined;
  /** When it may be another by itself; undefined: never. */
  readonly nextMs: number | undefined;
}

/** The override while it lasts, else the highest entitlement that is active or in grace, else free. */
export function decideTier(
  entitlements: readonly HeldEntitlement[],
  override: TierOverride | undefined,
  nowMs: number,
): Decided {
  const lasting = override !== undefined && override.untilMs > nowMs ? override : undefined;
  const counting = entitlements.filter(
    ({ status, graceUntilMs }) =>
      status === EntitlementStatus.ACTIVE || (status === EntitlementStatus.GRACE && graceUntilMs > nowMs),
  );
  const [best] = counting.sort(
    (a, b) => b.tier - a.tier || a.status - b.status || (a.entitlementId < b.entitlementId ? -1 : 1),
  );
  const graces = counting.flatMap(({ status, graceUntilMs }) =>
    status === EntitlementStatus.GRACE ? graceUntilMs : [],
  );
  const turns = [...graces, ...(lasting ? [lasting.untilMs] : [])];
  return {
    tier: lasting?.tier ?? best?.tier ?? Tier.FREE,
    entitlementId: best?.entitlementId ?? "",
    graceUntilMs: lasting === undefined && best?.status === EntitlementStatus.GRACE ? best.graceUntilMs : 0,
    override: lasting,
    nextMs: turns.length === 0 ? undefined : Math.min(...turns),
  };
}

/** Why a tier is another; by what was done, and by what became of it. */
export function reasonOf(
  before: PlayerTier | undefined,
  after: Decided,
  cause: "entitlement" | "revoked" | "override" | "time",
): TierReason {
  if (before?.override !== undefined && after.override === undefined) return TierReason.OVERRIDE_ENDED;
  if (cause === "override") return TierReason.OVERRIDE;
  if (cause === "revoked") return TierReason.REVOKED;
  if (after.graceUntilMs > 0 && (before?.graceUntilMs ?? 0) === 0) return TierReason.GRACE_STARTED;
  if (after.graceUntilMs === 0 && (before?.graceUntilMs ?? 0) > 0) return TierReason.GRACE_ENDED;
  return TierReason.ENTITLEMENT;
}
