import { create } from "@bufbuild/protobuf";
import {
  BenchmarkSchema,
  ChangeReason,
  HardwareSchema,
  Mode,
  Preset,
  SubmitBenchmarkRequest,
  SubmitBenchmarkResponse,
} from "@orrery/schema/performance/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { newSlow } from "../control/slow.ts";
import { shipped } from "../data/part.ts";
import { performanceErrors } from "../errors.ts";
import { NO_AUTO } from "../resolve/situation.ts";
import { keepProfile, profileOf } from "../session/profiles.ts";
import { tell } from "../session/tell.ts";
import { submit } from "./submit.ts";
import { playerOf } from "./whom.ts";

const TEXT_MOST = 128;
const MS_MOST = 1_000;
/** GPU time of the reference scene at 1080p, ms, up to which a preset is begun with. */
const STARTS = [
  [6, Preset.ULTRA],
  [9, Preset.HIGH],
  [14, Preset.MEDIUM],
] as const;
const COMPETITIVE = { gpuMs: 3, displayHz: 144, targetFps: 300 };
const IMMERSIVE_FPS = 90;

export const suggested = (gpuMs: number, displayHz: number) => ({
  preset: STARTS.find(([most]) => gpuMs <= most)?.[1] ?? Preset.LOW,
  ...(displayHz >= COMPETITIVE.displayHz && gpuMs <= COMPETITIVE.gpuMs
    ? { mode: Mode.COMPETITIVE, targetFps: Math.min(500, Math.max(COMPETITIVE.displayHz, displayHz)) }
    : {
        mode: Mode.IMMERSIVE,
        targetFps: displayHz > 0 ? Math.min(IMMERSIVE_FPS, Math.max(30, displayHz)) : IMMERSIVE_FPS,
      }),
});

export async function submitBenchmark(request: ReturnType<typeof SubmitBenchmarkRequest.decode>, call: Call) {
  const player = playerOf(call, request.playerId);
  const { gpuMs, gameMs } = request;
  const hardware = create(HardwareSchema, request.hardware);
  if (![gpuMs, gameMs].every((ms) => ms > 0 && ms <= MS_MOST))
    throw new OrreryError(performanceErrors.PERF_OUT_OF_RANGE, {
      given: `gpu_ms ${gpuMs}, game_ms ${gameMs}: above 0 and at most ${MS_MOST}`,
    });
  if ([hardware.gpu, hardware.engineVersion].some(({ length }) => length > TEXT_MOST))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `hardware: texts of at most ${TEXT_MOST}`,
    });
  const { $typeName: _, ...given } = hardware;
  const { matrix } = call.part(shipped);
  return submit(call, [SubmitBenchmarkRequest, request], SubmitBenchmarkResponse, [player], (turn) => {
    const profile = profileOf(turn.player(player), request.deviceId);
    const found = suggested(gpuMs, hardware.displayHz);
    const known = profile.hardware;
    keepProfile(turn, {
      ...profile,
      hardware: create(HardwareSchema, {
        ...given,
        deviceClass: hardware.deviceClass || (known?.deviceClass ?? 0),
        engineVersion: hardware.engineVersion || (known?.engineVersion ?? ""),
      }),
      benchmark: create(BenchmarkSchema, { gpuMs, gameMs, atMs: turn.nowMs, ...found }),
    });
    for (const open of turn.sessionsOf(player).filter(({ device }) => device === profile.deviceId)) {
      if (!profile.auto) continue;
      open.pulse.slow = newSlow();
      tell(turn, matrix, open, { ...open.kept, auto: NO_AUTO }, { reason: ChangeReason.BENCHMARK });
    }
    return found;
  });
}
