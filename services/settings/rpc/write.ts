import {
  ResetRequest,
  RollbackRequest,
  type SetItem,
  SetManyRequest,
  SetManyResponse,
  SetRequest,
  SetResponse,
  Sync,
  SyncRequest,
  SyncResponse,
} from "@orrery/schema/settings/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { definitions } from "../definitions/part.ts";
import { settingsErrors } from "../errors.ts";
import type { SettingsTables } from "../tables.ts";
import { plans } from "../tiers/plans.ts";
import { authorOf } from "../values/author.ts";
import { rates } from "../values/rates-part.ts";
import { rollBack } from "../values/rollback.ts";
import { setAll, type ToSet } from "../values/set-job.ts";
import { syncEdits } from "../values/sync.ts";
import { checkId, targetOf } from "../values/target.ts";
import type { Turn } from "../write/turn.ts";
import { playerOf, submit } from "./submit.ts";

const ITEMS_MOST = 100;
const EDITS_MOST = 500;
const REASON_MOST = 500;

/** A player writes as often as their tier allows. @throws SETTINGS_RATE_LIMITED */
function limit(turn: Turn, call: Call): void {
  const { role, id } = call.caller;
  if (role !== "player") return;
  const tier = turn.player(id).tier?.tier?.tier ?? 1;
  call.part(rates).take(id, call.part(plans).limits(tier).settingsWritesPerMin, turn.nowMs);
}

function checkReason(reason: string): void {
  if (reason.length > REASON_MOST)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `reason: at most ${REASON_MOST} characters`,
    });
}

const named = (player: string) => (player === "" ? [] : [player]);

export async function set(request: SetRequest, call: Call) {
  const player = playerOf(call, request.playerId);
  const { value, expectedRevision, locked, reason, originDevice } = request;
  checkReason(reason);
  const target = targetOf(call.part(definitions), call.caller, player, request.place);
  if (locked !== undefined && call.caller.role === "player")
    throw new OrreryError(settingsErrors.SETTINGS_WRONG_SCOPE, { given: "only an operator locks" });
  const item: ToSet = { target, value, expectedRevision, locked };
  return submit(call, [SetRequest, request], SetResponse, named(player), (turn) => {
    limit(turn, call);
    return setAll(turn, [item], authorOf(call.caller, { reason, originDevice }))[0] ?? {};
  });
}

export async function reset(request: ResetRequest, call: Call) {
  const player = playerOf(call, request.playerId);
  const { expectedRevision, reason } = request;
  checkReason(reason);
  const target = targetOf(call.part(definitions), call.caller, player, request.place);
  const item: ToSet = { target, value: undefined, expectedRevision, locked: false };
  return submit(call, [ResetRequest, request], SetResponse, named(player), (turn) => {
    limit(turn, call);
    return setAll(turn, [item], authorOf(call.caller, { reason }))[0] ?? {};
  });
}

export async function setMany(request: SetManyRequest, call: Call) {
  const { items, reason, originDevice } = request;
  const player = playerOf(call, request.playerId);
  checkReason(reason);
  const wanted = itemsOf(items, player, call);
  return submit(call, [SetManyRequest, request], SetManyResponse, named(player), (turn) => {
    limit(turn, call);
    return { results: setAll(turn, wanted, authorOf(call.caller, { reason, originDevice })) };
  });
}

function itemsOf(items: readonly SetItem[], player: string, call: Call): ToSet[] {
  if (items.length < 1 || items.length > ITEMS_MOST)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `${items.length} items, 1..${ITEMS_MOST}`,
    });
  const bad: OrreryError[] = [];
  const wanted = items.flatMap(({ place, value, expectedRevision }) => {
    try {
      return {
        target: targetOf(call.part(definitions), call.caller, player, place),
        value,
        expectedRevision,
      };
    } catch (error) {
      if (!(error instanceof OrreryError)) throw error;
      bad.push(error);
      return [];
    }
  });
  const [first] = bad;
  if (first === undefined) return wanted;
  if (bad.length === 1) throw first;
  const kind =
    Object.values(settingsErrors).find(({ code }) => code === first.code) ?? serviceErrors.RPC_FIELD_INVALID;
  throw new OrreryError(kind, { given: bad.map(({ code, given }) => `${code}: ${given}`).join("; ") });
}

export async function sync(request: SyncRequest, call: Call) {
  const { deviceId, edits } = request;
  const player = playerOf(call, request.playerId);
  checkId("device_id", deviceId);
  if (edits.length > EDITS_MOST)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `${edits.length} edits, at most ${EDITS_MOST}`,
    });
  const registry = call.part(definitions);
  const wanted = edits.map(({ key, value, wallMs, counter }) => {
    const definition = registry.get(key, call.caller);
    if (definition.sync === Sync.DEVICE)
      throw new OrreryError(settingsErrors.SETTINGS_WRONG_SCOPE, { given: `${key} never leaves its device` });
    if (!Number.isFinite(wallMs) || wallMs < 0)
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `wall_ms of ${key}` });
    const target = targetOf(registry, call.caller, player, { key, scope: 0, scopeId: "" });
    return { target, value, wallMs, counter };
  });
  const author = authorOf(call.caller, { originDevice: deviceId, reason: "sync" });
  return submit(call, [SyncRequest, request], SyncResponse, [player], async (turn) => {
    limit(turn, call);
    const merged = await syncEdits(turn, deviceId, wanted, author);
    call.part(rates).lost(merged.filter(({ lost }) => lost === true).length);
    return { merged };
  });
}

export async function rollback(request: RollbackRequest, call: Call) {
  const { seq, reason, expectedRevision } = request;
  const { caller } = call;
  checkReason(reason);
  const row = await call.kit.store
    .as<SettingsTables>()
    .selectFrom("change")
    .selectAll()
    .where("seq", "=", seq)
    .executeTakeFirst();
  if (row === undefined || (caller.role === "player" && row.owner !== caller.id))
    throw new OrreryError(settingsErrors.SETTINGS_ROLLBACK, { given: `there is no change ${seq}` });
  return submit(call, [RollbackRequest, request], SetResponse, named(row.owner), (turn) => {
    limit(turn, call);
    return rollBack(turn, call.part(definitions), caller, row, { reason, expectedRevision });
  });
}
