import { create } from "@bufbuild/protobuf";
import {
  type GetRequest,
  GetResponse,
  type ListPlansResponse,
  SetOverrideRequest,
  Tier,
  TierOverrideSchema,
} from "@orrery/schema/settings/v1";
import { type Call, callerName, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { settingsErrors } from "../errors.ts";
import { applyTier, tierOf } from "../tiers/apply.ts";
import { plans } from "../tiers/plans.ts";
import { checkId } from "../values/target.ts";
import { keeper } from "../write/keeper.ts";
import { playerOf, submit } from "./submit.ts";

const OVERRIDE_MOST_MS = 90 * 86_400_000;
const REASON_MOST = 500;

export async function getTier(request: GetRequest, call: Call): Promise<InitOf<typeof GetResponse>> {
  const player = playerOf(call, request.playerId);
  checkId("player_id", player);
  const rows = await call.part(keeper).player(player);
  const tier = tierOf(player, rows.tier?.tier);
  return { tier, limits: call.part(plans).limits(tier.tier) };
}

export const listPlans = (_request: unknown, call: Call): InitOf<typeof ListPlansResponse> => ({
  plans: [...call.part(plans).all],
});

export async function setOverride(request: SetOverrideRequest, call: Call) {
  const { playerId: player, tier, untilMs, reason, expectedRevision } = request;
  checkId("player_id", player);
  if (
    tier > Tier.PATRON ||
    tier < 0 ||
    reason.length > REASON_MOST ||
    (tier !== Tier.UNSPECIFIED && reason === "")
  )
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: "a tier, and a reason of 1..500 characters",
    });
  const own = call.part(plans);
  return submit(call, [SetOverrideRequest, request], GetResponse, [player], (turn) => {
    const present = turn.player(player).tier?.tier?.revision ?? 0;
    if (expectedRevision !== undefined && expectedRevision !== present)
      throw new OrreryError(settingsErrors.SETTINGS_REVISION_CONFLICT, {
        given: `tier of ${player}: at revision ${present}, expected ${expectedRevision}`,
      });
    const ends = tier === Tier.UNSPECIFIED;
    if (!ends && !(untilMs > turn.nowMs && untilMs <= turn.nowMs + OVERRIDE_MOST_MS))
      throw new OrreryError(settingsErrors.SETTINGS_OVERRIDE_TOO_LONG, {
        given: `until ${untilMs}, now ${turn.nowMs}`,
      });
    const override = ends
      ? undefined
      : create(TierOverrideSchema, { tier, untilMs, by: callerName(call.caller), reason });
    const after = applyTier(turn, own, player, { kind: "override", override });
    return { tier: after, limits: own.limits(after.tier) };
  });
}
