import {
  EntitlementChanged,
  EntitlementReason,
  EntitlementState,
  Tier as PaidTier,
} from "@orrery/schema/payment/v1";
import { EntitlementStatus, GetResponse, type HeldEntitlementInit, Tier } from "@orrery/schema/settings/v1";
import { durableSubscription, type Part } from "@orrery/service";
import type { MessageOf } from "@orrery/wire";
import { keeper } from "../write/keeper.ts";
import { applyTier } from "./apply.ts";
import { plans } from "./plans.ts";

const hears = {
  name: "entitlements",
  subscribes: [EntitlementChanged.typeName],
  durable: { order: "key" },
} as const;

const TIERS: ReadonlyMap<PaidTier, Tier> = new Map([
  [PaidTier.PREMIUM, Tier.PREMIUM],
  [PaidTier.PATRON, Tier.PATRON],
]);
/** The money went back. */
const REVOKING: ReadonlySet<EntitlementReason> = new Set([
  EntitlementReason.REFUNDED,
  EntitlementReason.DISPUTED,
]);

/** Hears what players are entitled to, and moves their tiers by it. */
export const entitlements: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const own = kit.part(plans);
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        const told = event.decode(EntitlementChanged);
        const { playerId, entitlementId } = told;
        const entitlement = heldAs(told);
        await kit.part(keeper).submit({
          players: [playerId],
          reply: GetResponse,
          run(turn) {
            const kept = turn.player(playerId).tier?.entitlements ?? [];
            const isKept = kept.some((one) => one.entitlementId === entitlementId);
            // A pack is about no tier; but what was about one may be it no longer.
            if (entitlement.tier === Tier.FREE && !isKept) return {};
            return { tier: applyTier(turn, own, playerId, { kind: "entitlement", entitlement }) };
          },
        });
      },
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};

/** What payment tells, as it counts for tiers. */
function heldAs(told: MessageOf<typeof EntitlementChanged>): HeldEntitlementInit {
  const { entitlementId, graceUntilMs, revision } = told;
  const tier = TIERS.get(told.tier) ?? Tier.FREE;
  const status = tier === Tier.FREE ? EntitlementStatus.ENDED : statusOf(told.state, told.reason);
  return { entitlementId, tier, status, graceUntilMs, revision };
}

function statusOf(state: EntitlementState, reason: EntitlementReason): EntitlementStatus {
  if (state === EntitlementState.ACTIVE) return EntitlementStatus.ACTIVE;
  if (state === EntitlementState.GRACE) return EntitlementStatus.GRACE;
  return REVOKING.has(reason) ? EntitlementStatus.REVOKED : EntitlementStatus.ENDED;
}
