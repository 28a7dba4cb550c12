import { BANDS, CATEGORIES, ceilingsOf, PROFILES, termsOf } from "@orrery/content-policy";
import {
  CloseSessionRequest,
  CloseSessionResponse,
  type GetPolicyRequest,
  GetPolicyResponse,
  type KeysResponse,
  type ListProfilesResponse,
  OpenSessionRequest,
  OpenSessionResponse,
  ReportViolationRequest,
  ReportViolationResponse,
  SetCeilingRequest,
  SetPolicyRequest,
} from "@orrery/schema/settings/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import {
  closeSession as close,
  contentOf,
  openSession as open,
  tightenSessions,
} from "../content/sessions.ts";
import { setCeilings, setWanted } from "../content/set-policy.ts";
import { signer } from "../content/signer.ts";
import { worldCeilings } from "../content/world.ts";
import { definitions } from "../definitions/part.ts";
import { settingsErrors } from "../errors.ts";
import { figures } from "../figures.ts";
import type { SettingsTables } from "../tables.ts";
import { tierOf } from "../tiers/apply.ts";
import { plans } from "../tiers/plans.ts";
import { checkId } from "../values/target.ts";
import type { Ground } from "../write/ground.ts";
import { keeper } from "../write/keeper.ts";
import { type PlayerRows, policyOf } from "../write/player.ts";
import { resolvedFor } from "./resolve.ts";
import { playerOf, submit } from "./submit.ts";

export const listProfiles = (): InitOf<typeof ListProfilesResponse> => ({
  profiles: [...PROFILES].map(([name, levels]) => ({ name, levels: [...levels] })),
  bands: BANDS.map((band) => ({ band, levels: [...ceilingsOf(band)] })),
});

function policyNow(
  call: Call,
  ground: Ground,
  rows: PlayerRows,
  world: string,
): InitOf<typeof GetPolicyResponse> {
  const content = contentOf(rows);
  return {
    content,
    next: termsOf(content, worldCeilings(ground, call.part(definitions), world)),
    now: [...rows.sessions.values()].map(policyOf),
  };
}

export async function getPolicy(request: GetPolicyRequest, call: Call) {
  const player = playerOf(call, request.playerId);
  checkId("player_id", player);
  const kept = call.part(keeper);
  return policyNow(call, kept.ground, await kept.player(player), request.worldId);
}

export async function setPolicy(request: SetPolicyRequest, call: Call) {
  const player = playerOf(call, request.playerId);
  checkId("player_id", player);
  const { signing } = await call.part(signer).keys();
  return submit(call, [SetPolicyRequest, request], GetPolicyResponse, [player], async (turn) => {
    setWanted(turn, player, request);
    await tightenSessions(turn, call.part(definitions), player, signing);
    return policyNow(call, turn.ground, turn.player(player), "");
  });
}

/** @throws SETTINGS_NOT_GUARDIAN */
export async function setCeiling(request: SetCeilingRequest, call: Call) {
  const { playerId: player } = request;
  const { role, scopes } = call.caller;
  checkId("player_id", player);
  if (role === "player" && !scopes.includes(`guardian:${player}`))
    throw new OrreryError(settingsErrors.SETTINGS_NOT_GUARDIAN, { given: player });
  const { signing } = await call.part(signer).keys();
  return submit(call, [SetCeilingRequest, request], GetPolicyResponse, [player], async (turn) => {
    setCeilings(turn, player, request);
    await tightenSessions(turn, call.part(definitions), player, signing);
    return policyNow(call, turn.ground, turn.player(player), "");
  });
}

export async function openSession(request: OpenSessionRequest, call: Call) {
  const { worldId: world, playerId: player, sessionId: session, deviceId: device } = request;
  checkId("world_id", world);
  checkId("player_id", player);
  checkId("session_id", session);
  checkId("device_id", device, 0);
  const { signing } = await call.part(signer).keys();
  const registry = call.part(definitions);
  const own = call.part(plans);
  return submit(call, [OpenSessionRequest, request], OpenSessionResponse, [player], async (turn) => {
    const policy = await open(turn, registry, { player, session, world }, signing);
    const rows = turn.player(player);
    const tier = tierOf(player, rows.tier?.tier);
    const viewer = { world, player, device, session };
    const seenBy = { role: "player", id: player, scopes: [] } as const;
    const settings = resolvedFor(registry, turn.ground, rows, viewer, seenBy, { keys: [], explain: false });
    return { tier, limits: own.limits(tier.tier), policy, settings };
  });
}

export async function closeSession(request: CloseSessionRequest, call: Call) {
  const { sessionId: session } = request;
  const row = await call.kit.store
    .as<SettingsTables>()
    .selectFrom("session")
    .select("player")
    .where("id", "=", session)
    .executeTakeFirst();
  const players = row === undefined ? [] : [row.player];
  return submit(call, [CloseSessionRequest, request], CloseSessionResponse, players, (turn) => ({
    closed: row !== undefined && close(turn, row.player, session),
  }));
}

/** @throws SETTINGS_POLICY_UNKNOWN */
export async function reportViolation(request: ReportViolationRequest, call: Call) {
  const { policyId: policy, category, made, generator, idempotencyKey: key } = request;
  if (!CATEGORIES.some((own) => own === category) || generator.length > 200)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: "a category, and a generator of at most 200 characters",
    });
  const db = call.kit.store.as<SettingsTables>();
  const row = await db.selectFrom("policy").select("id").where("id", "=", policy).executeTakeFirst();
  if (row === undefined)
    throw new OrreryError(settingsErrors.SETTINGS_POLICY_UNKNOWN, { given: policy.slice(0, 64) });
  const reply = await submit(call, [ReportViolationRequest, request], ReportViolationResponse, [], (turn) => {
    const violation = {
      policy,
      category,
      made,
      generator,
      at_ms: turn.nowMs,
      key: `${call.caller.id}/${key}`,
    };
    turn.write(
      turn.db
        .insertInto("violation")
        .values(violation)
        .onConflict((conflict) => conflict.doNothing()),
    );
    return {};
  });
  call.part(figures).violated(category);
  return reply;
}

export const keys = async (_request: unknown, call: Call): Promise<InitOf<typeof KeysResponse>> => ({
  jwks: (await call.part(signer).keys()).jwks,
});
