import { DeviceClass, Preset, type Profile } from "@orrery/schema/performance/v1";
import { type Key, ruleCalled } from "../matrix/fields.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { Situation } from "../resolve/situation.ts";
import { type Ground, locksFor } from "../write/ground.ts";
import type { PlayerRows } from "../write/player.ts";
import { type Kept, NEW } from "./session.ts";

const BATTERY_FPS = { handheld: 40, other: 60 };
const NOTHING: ReadonlyMap<Key, number> = new Map();

export const classOf = (profile: Profile): DeviceClass =>
  profile.hardware?.deviceClass || DeviceClass.DESKTOP;
export const engineOf = (profile: Profile): string => profile.hardware?.engineVersion ?? "";

export function byKey(
  of: readonly { readonly field: string; readonly value: number }[],
): ReadonlyMap<Key, number> {
  if (of.length === 0) return NOTHING;
  return new Map(
    of.flatMap(({ field, value }) => {
      const key = ruleCalled(field)?.key;
      return key === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** All that decides what a device is to show: as it is kept of a session, or of none. */
export function situationOf(
  matrix: Matrix,
  ground: Ground,
  rows: PlayerRows,
  profile: Profile,
  session?: { readonly world: string; readonly kept: Kept },
): Situation {
  const { auto, strain } = session?.kept ?? NEW;
  const deviceClass = classOf(profile);
  return {
    matrix,
    mode: profile.mode,
    preset: profile.preset === Preset.UNSPECIFIED ? undefined : profile.preset,
    isAuto: profile.auto,
    targetFps: profile.targetFps === 0 ? undefined : profile.targetFps,
    benchmark: profile.benchmark?.preset || undefined,
    overrides: byKey(profile.overrides),
    auto,
    strain,
    batteryFps: deviceClass === DeviceClass.HANDHELD ? BATTERY_FPS.handheld : BATTERY_FPS.other,
    policy: byKey(rows.policies.get(session?.world ?? "")?.most ?? []),
    locks: locksFor(ground, deviceClass),
  };
}
