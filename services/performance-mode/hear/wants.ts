import { create } from "@bufbuild/protobuf";
import { ChangeReason, Mode, type OverrideInit, OverrideSchema, Preset } from "@orrery/schema/performance/v1";
import { Scope, type SettingChanged } from "@orrery/schema/settings/v1";
import type { MessageOf } from "@orrery/wire";
import { ruleCalled, wrongValue } from "../matrix/fields.ts";
import { type Matrix, MODES, modeWord, PRESETS, presetWord, TARGETS } from "../matrix/matrix.ts";
import { keepProfile, newProfile } from "../session/profiles.ts";
import { NO_AUTO } from "../resolve/situation.ts";
import { newSlow } from "../control/slow.ts";
import { tell } from "../session/tell.ts";
import type { Turn } from "../write/turn.ts";

type Changed = MessageOf<typeof SettingChanged>;
type ProfileMessage = ReturnType<typeof newProfile>;

export const PREFIX = "performance.";

/** Whose setting it is, and on which device; undefined: nobody's, or not of performance. */
export function whoseSetting({
  key,
  scope,
  scopeId,
  playerIds,
}: Changed):
  | { readonly player: string; readonly device: string | undefined; readonly session: string | undefined }
  | undefined {
  const [player] = playerIds;
  if (!key.startsWith(PREFIX) || player === undefined) return undefined;
  if (scope === Scope.PLAYER) return { player, device: undefined, session: undefined };
  if (scope === Scope.SESSION) return { player, device: undefined, session: scopeId };
  if (scope !== Scope.DEVICE || !scopeId.startsWith(`${player}/`)) return undefined;
  return { player, device: scopeId.slice(player.length + 1), session: undefined };
}

/** Takes over what a player set in the settings: mode, preset, limit of frames, or a field by its name. */
export function applySetting(turn: Turn, matrix: Matrix, changed: Changed): void {
  const whose = whoseSetting(changed);
  if (whose === undefined) return;
  const { player, session } = whose;
  const device = whose.device ?? (session === undefined ? undefined : turn.session(session)?.device);
  if (session !== undefined && device === undefined) return;
  const { profiles } = turn.player(player);
  // A device that has not been here yet finds it when it comes.
  const known = device === undefined ? [...profiles.keys()] : [device];
  for (const one of known) {
    const profile = profiles.get(one) ?? newProfile(player, one);
    const wanted = withSetting(profile, changed);
    if (wanted === undefined) continue;
    keepProfile(turn, wanted);
    const isSwitch = wanted.mode !== profile.mode || wanted.preset !== profile.preset;
    for (const open of turn.sessionsOf(player).filter((each) => each.device === one)) {
      const kept = isSwitch ? { ...open.kept, auto: NO_AUTO } : open.kept;
      if (isSwitch) open.pulse.slow = newSlow();
      tell(turn, matrix, open, kept, { reason: ChangeReason.USER });
    }
  }
}

/** @returns undefined: it says nothing that a profile has */
export function withSetting(profile: ProfileMessage, { key, value }: Changed): ProfileMessage | undefined {
  const field = key.slice(PREFIX.length);
  const { case: kind, value: given } = value?.kind ?? {};
  const isSet = kind !== undefined;
  if (field === "mode") {
    const mode = isSet ? MODES.find((one) => modeWord(one) === given) : Mode.IMMERSIVE;
    return mode === undefined
      ? undefined
      : { ...profile, mode, targetFps: targetIn(mode, profile.targetFps) };
  }
  if (field === "preset") {
    if (!isSet || given === "auto") return { ...profile, preset: Preset.UNSPECIFIED, auto: true };
    const preset = PRESETS.find((one) => presetWord(one) === given);
    return preset === undefined ? undefined : { ...profile, preset, auto: false };
  }
  if (field === "frame_limit") {
    const targetFps = isSet ? Number(given) : 0;
    return targetIn(profile.mode, targetFps) === targetFps ? { ...profile, targetFps } : undefined;
  }
  const rule = ruleCalled(field);
  if (rule === undefined) return undefined;
  const others = profile.overrides.filter((one) => one.field !== field);
  if (!isSet) return { ...profile, overrides: others };
  const wanted = typeof given === "string" ? (rule.names?.[given] ?? Number.NaN) : Number(given);
  if (wrongValue(rule, wanted) !== undefined) return undefined;
  const one: OverrideInit = { field, value: wanted };
  return { ...profile, overrides: [...others, create(OverrideSchema, one)] };
}

/** A target that the mode can have stays; 0, the mode's own, takes the place of others. */
function targetIn(mode: Mode, targetFps: number): number {
  const range = TARGETS.get(mode);
  return range !== undefined && targetFps >= range.least && targetFps <= range.most ? targetFps : 0;
}
