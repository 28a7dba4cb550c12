import { create } from "@bufbuild/protobuf";
import {
  ChangeReason,
  ClearOverrideRequest,
  GetProfileResponse,
  Mode,
  OverrideSchema,
  Preset,
  type Profile,
  SetModeRequest,
  SetOverrideRequest,
} from "@orrery/schema/performance/v1";
import type { Call } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { newSlow } from "../control/slow.ts";
import { shipped } from "../data/part.ts";
import { performanceErrors } from "../errors.ts";
import { ruleCalled, wrongValue } from "../matrix/fields.ts";
import { MODES, modeWord, TARGETS } from "../matrix/matrix.ts";
import { NO_AUTO } from "../resolve/situation.ts";
import { keepProfile, profileOf } from "../session/profiles.ts";
import { wantsOf } from "../session/wants.ts";
import { type Telling, tell } from "../session/tell.ts";
import { locksFor } from "../write/ground.ts";
import type { Turn } from "../write/turn.ts";
import { newestOn, shown } from "./profile.ts";
import { submit } from "./submit.ts";
import { playerOf } from "./whom.ts";

const COOLDOWN_MS = 1_000;
type ModeAsked = ReturnType<typeof SetModeRequest.decode>;
type OverrideAsked = ReturnType<typeof SetOverrideRequest.decode>;
type ClearAsked = ReturnType<typeof ClearOverrideRequest.decode>;

const reasonOf = ({ caller }: Call) => (caller.role === "player" ? ChangeReason.USER : ChangeReason.OPERATOR);

/** Keeps what a profile wants now, and tells the sessions on its device. */
function want(turn: Turn, call: Call, wanted: Profile, telling: Telling, startsOver: boolean) {
  const { matrix } = call.part(shipped);
  const { playerId: player, deviceId: device } = wanted;
  keepProfile(turn, wanted);
  for (const open of turn.sessionsOf(player).filter((one) => one.device === device)) {
    if (startsOver) open.pulse.slow = newSlow();
    tell(turn, matrix, open, startsOver ? { ...open.kept, auto: NO_AUTO } : open.kept, telling);
  }
  const rows = turn.player(player);
  return shown(matrix, turn.ground, rows, profileOf(rows, device), newestOn(turn.sessionsOf(player), device));
}

export async function setMode(request: ModeAsked, call: Call) {
  const player = playerOf(call, request.playerId);
  return submit(call, [SetModeRequest, request], GetProfileResponse, [player], (turn) => {
    const profile = profileOf(turn.player(player), request.deviceId);
    // A clock that was set back makes nobody wait.
    const agoMs = turn.nowMs - profile.switchedMs;
    if (agoMs >= 0 && agoMs < COOLDOWN_MS)
      throw new OrreryError(performanceErrors.PERF_COOLDOWN, {
        given: `${Math.ceil(COOLDOWN_MS - agoMs)} ms left`,
        retryAfterMs: Math.ceil(COOLDOWN_MS - agoMs),
      });
    const wanted = { ...switched(profile, request), switchedMs: turn.nowMs };
    return want(turn, call, wanted, { reason: reasonOf(call), apply: request.apply }, true);
  });
}

/** @throws PERF_OUT_OF_RANGE */
function switched(profile: Profile, { mode: asked, preset, targetFps }: ModeAsked): Profile {
  const mode = asked === Mode.UNSPECIFIED ? profile.mode : asked;
  if (!MODES.some((one) => one === mode)) outOfRange(`mode ${mode}`);
  const target = targetFps ?? (mode === profile.mode ? profile.targetFps : 0);
  const range = TARGETS.get(mode);
  if (target !== 0 && range !== undefined && !(target >= range.least && target <= range.most))
    outOfRange(`target_fps ${target}: ${modeWord(mode)} takes ${range.least} to ${range.most}`);
  const chosen =
    preset === Preset.UNSPECIFIED
      ? { preset: profile.preset, auto: profile.auto }
      : preset === Preset.AUTO
        ? { preset: Preset.UNSPECIFIED, auto: true }
        : { preset, auto: false };
  if (chosen.preset > Preset.ULTRA) outOfRange(`preset ${chosen.preset}`);
  return { ...profile, mode, targetFps: target, ...chosen };
}

function outOfRange(given: string): never {
  throw new OrreryError(performanceErrors.PERF_OUT_OF_RANGE, { given });
}

export function ruleAsked(field: string) {
  const rule = ruleCalled(field);
  if (rule === undefined)
    throw new OrreryError(performanceErrors.PERF_UNKNOWN_FIELD, {
      given: JSON.stringify(field.slice(0, 64)),
    });
  return rule;
}

export async function setOverride(request: OverrideAsked, call: Call) {
  const player = playerOf(call, request.playerId);
  const { field, value } = request;
  const rule = ruleAsked(field);
  const wrong = wrongValue(rule, value);
  if (wrong !== undefined) outOfRange(wrong);
  return submit(call, [SetOverrideRequest, request], GetProfileResponse, [player], (turn) => {
    const profile = profileOf(turn.player(player), request.deviceId);
    const locked = locksFor(turn.ground, wantsOf(profile, undefined).deviceClass).get(rule.key);
    if (locked !== undefined && value > locked)
      throw new OrreryError(performanceErrors.PERF_LOCKED, { given: `${field} is at most ${locked}` });
    const others = profile.overrides.filter((one) => one.field !== field);
    const wanted = { ...profile, overrides: [...others, create(OverrideSchema, { field, value })] };
    return want(turn, call, wanted, { reason: reasonOf(call) }, false);
  });
}

export async function clearOverride(request: ClearAsked, call: Call) {
  const player = playerOf(call, request.playerId);
  const { field } = request;
  if (field !== "") ruleAsked(field);
  return submit(call, [ClearOverrideRequest, request], GetProfileResponse, [player], (turn) => {
    const profile = profileOf(turn.player(player), request.deviceId);
    const overrides = field === "" ? [] : profile.overrides.filter((one) => one.field !== field);
    return want(turn, call, { ...profile, overrides }, { reason: reasonOf(call) }, false);
  });
}
